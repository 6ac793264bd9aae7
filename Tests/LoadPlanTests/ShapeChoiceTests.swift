import LoadPlan
import Testing

/// A misspelt name is found before the start: it must not turn a scenario into a bot, or silently omit anything.
struct ShapeChoiceTests {
    private static let a = #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"chat"}}}"#

    /// The facts of a script whose text is this, when its chunk has come to its end.
    private func facts(_ text: String, waitsAt: String? = nil, startsTasks: Bool = false) -> ScriptFacts {
        let outline = ScriptOutline(text.utf8)
        // Lines after the place where the chunk waits have not run.
        let line = waitsAt.flatMap { Int($0.split(separator: ":")[1].prefix { $0.isNumber }) } ?? .max
        return ScriptFacts(
            functions: Set(outline.functions.filter { !$0.isLocal && $0.line < line }.map(\.name)),
            hasOptions: outline.tables.contains { $0.name == "options" && !$0.isLocal }, waitsAt: waitsAt,
            startsTasks: startsTasks, outline: outline)
    }

    private func plan(
        _ json: String, _ facts: ScriptFacts, _ set: (inout CommandLineOptions) -> Void = { _ in }
    ) throws -> LoadPlan {
        var commandLine = CommandLineOptions()
        set(&commandLine)
        return try LoadPlan(options: LoadOptions(json: json), commandLine: commandLine, script: facts)
    }

    private func problems(_ json: String, _ facts: ScriptFacts, _ set: (inout CommandLineOptions) -> Void = { _ in })
        -> String
    {
        do {
            return "no error: \(try self.plan(json, facts, set).shape)"
        } catch {
            return "\(error)"
        }
    }

    @Test func theFunctionOfAScenario() throws {
        #expect(try self.plan(Self.a, self.facts("function chat() end")).shape == .scenario)
        #expect(try self.plan("{}", self.facts("function default() end")).shape == .scenario)
        #expect(try self.plan("{}", self.facts("x = 1")).shape == .bot)
        #expect(
            self.problems(Self.a, self.facts("\nfunction chta() end"))
                == #"options.scenarios.a.exec = "chat": the script has no function 'chat'; did you mean 'chta' (line 2)?"#
        )
        // A function `default` that is there makes no other.
        #expect(self.problems(Self.a, self.facts("function default() end")).contains("no function 'chat'"))
        #expect(self.problems(Self.a, self.facts("local function chat() end")).contains("local function (line 1)"))
        var facts = self.facts("")
        facts.otherGlobals = ["chat"]
        #expect(self.problems(Self.a, facts).contains("the script's 'chat' is not a function"))
        #expect(
            self.problems(Self.a, self.facts("eio.connect()\nfunction chat() end", waitsAt: "a.lua:1 (eio.connect)"))
                .contains("waits at a.lua:1 (eio.connect) before 'chat' is defined in line 2"))
    }

    @Test func everyScenarioNeedsItsOwn() {
        let json =
            #"{"scenarios":{"a":{"executor":"per-vu-iterations","exec":"chat"},"b":{"executor":"per-vu-iterations"}}}"#
        let text = self.problems(json, self.facts("function chat() end"))
        #expect(text == #"options.scenarios.b: has no "exec", and the script has no function 'default'"#)
    }

    @Test(arguments: [
        ("function Default() end", "'Default' (line 1) is not called; did you mean 'default'?"),
        ("function defualt() end", "did you mean 'default'?"),
        ("local function default() end", "local function (line 1)"),
        ("local default = function() end", "local function (line 1)"),
        ("function setup() end", "'setup' (line 1) is called only beside a function 'default'"),
        ("function teardown() end", "'teardown'"), ("function handleSummary() end", "'handleSummary'"),
        ("function setup() end\nfunction Default() end", "did you mean 'default'?; 'setup' (line 1)"),
    ])
    func aScriptThatDoesNothingIsRefused(_ text: String, _ words: String) throws {
        #expect(self.problems("{}", self.facts(text)).contains(words))
        // One that does something may be a bot with a function of that name.
        let working = [self.facts(text, startsTasks: true), self.facts(text, waitsAt: "a.lua:9 (eio.sleep)")]
        for facts in working where !text.contains("defualt") {
            let plan = try self.plan("{}", facts)
            #expect(plan.shape == .bot && plan.warnings.count == 1 && plan.warnings[0].contains(words))
        }
    }

    @Test(arguments: ["function defaults() end eio.sleep(1)", "function help() end", "setup = 3"])
    func aBotIsABot(_ text: String) throws {
        let facts = self.facts(text, waitsAt: "a.lua:2 (eio.sleep)")
        #expect(try self.plan("{}", facts).warnings.isEmpty)
    }

    @Test func optionsBesideFunctionsThatNobodyCallsAreAWarning() throws {
        let idle = self.facts("options = {}\nfunction main() end")
        #expect(try self.plan("{}", idle).warnings.map { $0.hasSuffix("but not 'main' (line 2)") } == [true])
        #expect(try self.plan("{}", self.facts("options = {}\nprint(1)")).warnings.isEmpty)
        #expect(try self.plan("{}", self.facts("function main() end")).warnings.isEmpty)
        let busy = self.facts("options = {}\nfunction main() end", startsTasks: true)
        #expect(try self.plan("{}", busy).warnings.isEmpty)
    }

    @Test func aChunkThatWaits() {
        let before = self.facts("eio.connect()\nfunction default() end", waitsAt: "a.lua:1 (eio.connect)")
        #expect(
            self.problems("{}", before).contains("waits at a.lua:1 (eio.connect) before 'default' is defined in line 2")
        )
        let after = self.facts("function default() end\neio.connect()", waitsAt: "a.lua:2 (eio.connect)")
        #expect(self.problems("{}", after).contains("waits at a.lua:2 (eio.connect) before it is prepared"))
    }

    @Test(arguments: [
        ("local options = {vus = 3}", "'options' in line 1 is a local variable"),
        ("local options <const> = {thresholds = {}}", "local variable"),
        ("Options = {stages = {}}", "'Options' in line 1 is not read; did you mean 'options'?"),
        ("option = {scenarios = {}}", "did you mean 'options'?"),
    ])
    func optionsThatAreNotRead(_ table: String, _ words: String) throws {
        let text = table + "\nfunction default() end"
        #expect(self.problems("{}", self.facts(text)).contains(words))
        let other = self.facts("local options = {transports = {}, duration = 3}\nfunction default() end")
        #expect(try self.plan("{}", other).warnings.count == 1)
        let unlike = self.facts("local options = {transports = {}}\nfunction default() end")
        #expect(try self.plan("{}", unlike).warnings.isEmpty)
        #expect(try self.plan("{}", self.facts("options = {}\n" + text)).warnings.isEmpty)
    }

    @Test(arguments: [
        ("function Setup() end", "'Setup' (line 2) is not called; did you mean 'setup'?"),
        ("function tearDown() end", "did you mean 'teardown'?"),
        ("local function setup() end", "local function (line 2)"),
        ("function handlesummary() end", "did you mean 'handleSummary'?"), ("setpu = function() end", "'setup'?"),
    ])
    func whatIsNotCalledBesideDefault(_ text: String, _ words: String) throws {
        let plan = try self.plan("{}", self.facts("function default() end\n" + text))
        #expect(plan.shape == .scenario && plan.warnings.count == 1 && plan.warnings[0].contains(words))
        #expect(try self.plan("{}", self.facts("function default() end function set_up() end")).warnings.isEmpty)
    }

    @Test func theCommandLineReplacesTheScenarios() throws {
        let set = { (options: inout CommandLineOptions) in options.iterations = 2 }
        let chat = self.facts("function chat() end")
        #expect(self.problems(Self.a, chat, set).contains("--iterations: replaces options.scenarios"))
        let both = self.facts("function chat() end function default() end")
        let warnings = try self.plan(Self.a, both, set).warnings
        #expect(warnings == ["--iterations replaces options.scenarios: a are not run, but 'default' is"])
        #expect(try self.plan(Self.a, both) { $0.duration = .seconds(1) }.warnings[0].hasPrefix("--duration replaces"))
        #expect(try self.plan(Self.a, both) { $0.vus = 3 }.warnings.isEmpty)
        #expect(try self.plan("{}", both, set).warnings.isEmpty)
    }
}
