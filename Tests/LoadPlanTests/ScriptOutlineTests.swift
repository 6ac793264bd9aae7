import LoadPlan
import Testing

struct ScriptOutlineTests {
    private func outline(_ text: String) -> ScriptOutline { ScriptOutline(text.utf8) }

    @Test func functionsWithTheirLines() {
        let outline = self.outline(
            """
            #!/usr/bin/env eio-lua
            local chat, quiet <const> = nil
            function default(data) if data then return end end
            local function helper() end
            answer = function() end
            local later
            later = function() while true do local function inner() end made = function() end end end
            function chat() end
            function a.b() end
            function a:c() end
            a.d = function() end
            """)
        #expect(
            outline.functions == [
                .init("default", line: 3), .init("helper", line: 4, isLocal: true), .init("answer", line: 5),
                .init("later", line: 7, isLocal: true), .init("made", line: 7),
                .init("chat", line: 8, isLocal: true),
            ])
    }

    @Test(arguments: [
        "-- function default() end", "--[[\nfunction default() end\n]]", "--[==[ ]] function default() end ]==]",
        "local s = 'function default() end'", #"local s = "\" function default() end""#,
        "local s = [[ function default() end ]]", "local s = [=[ ]] function default() end ]=]",
        "local t = { default = function() end }", "f({ default = function() end })",
        "local t = {f = {default = function() end}}",
        "local s = 'a\\\nfunction default() end'", "x, default = 1, function() end",
        "if default == function() end then end",
    ])
    func whatIsNoFunctionOfTheScript(_ text: String) {
        #expect(!self.outline(text).functions.contains { $0.name == "default" })
    }

    @Test(arguments: [
        "x = 3..'y' function default() end", "x = 0x1p-3 function default() end", "x = #t[1] function default() end",
        "repeat until x function default() end", "for i = 1, 2 do end function default() end",
        "::a:: function default() end",
        "if a then b() elseif c then d() else e() end function default() end", "x = 1e+5 function default() end",
        "local t = {[1] = {2}, 'x'; y = function() end} function default() end",
        "x = a[ [[b]] ] function default() end",
        "x = t[t[1]] function default() end", "x = 1 -- [[\nfunction default() end",
    ])
    func whateverStandsBefore(_ text: String) {
        #expect(self.outline(text).functions.contains { $0.name == "default" && !$0.isLocal })
    }

    @Test func tablesWithTheirKeys() {
        let outline = self.outline(
            """
            local options <const> = { vus = 3, stages = { { duration = "1s" }, }; thresholds = { checks = {} },
              [1] = x, ["y"] = 2, f = function() local z = 1 end }
            Options = {}
            a.options = { vus = 1 }
            local function f() local options = { vus = 2 } end
            connect({ vus = 3 })
            """)
        #expect(
            outline.tables == [
                .init("options", line: 1, isLocal: true, keys: ["vus", "stages", "thresholds", "f"]),
                .init("Options", line: 3),
            ])
    }

    @Test(arguments: [
        "", "function", "function (", "local", "= =", "{{{", "]]] end end", "[==", "'", "--[[", "\\", "1.", "a <",
    ])
    func whatIsNoLuaDoesNoHarm(_ text: String) { #expect(self.outline(text).tables.isEmpty) }
}
