import Logging
import ProcessSupport
import Scripting
import Testing

@testable import Commands

/// The command line as `lua5.4` reads it.
@Suite struct ScriptCommandLineTests {
    private static func line(_ arguments: String...) throws(UsageError) -> ScriptCommandLine {
        try ScriptCommandLine(program: Array("eio-lua".utf8), arguments: arguments.map { Array($0.utf8) })
    }

    private static func steps(_ line: ScriptCommandLine) -> [String] {
        line.options.steps.map { step in
            switch step {
            case .code(let text): "code \(String(decoding: text, as: UTF8.self))"
            case .require(let name): "require \(String(decoding: name, as: UTF8.self))"
            case .file(let path): "file \(String(decoding: path, as: UTF8.self))"
            case .standardInput: "stdin"
            }
        }
    }

    @Test func whatFollowsTheScriptIsTheScripts() throws {
        let line = try Self.line("bot.lua", "-e", "--strict", "-")
        #expect(Self.steps(line) == ["file bot.lua"])
        #expect(line.options.scriptIndex == 1)
        let texts = line.options.arguments.map { String(decoding: $0, as: UTF8.self) }
        #expect(texts == ["eio-lua", "bot.lua", "-e", "--strict", "-"])
        #expect(!line.options.isStrict)
    }

    @Test func codeAndModulesKeepTheirOrder() throws {
        let line = try Self.line("-l", "a", "-e", "x=1", "-lb=c", "-ey=2", "s.lua")
        #expect(Self.steps(line) == ["require a", "code x=1", "require b=c", "code y=2", "file s.lua"])
        #expect(line.options.scriptIndex == 7)
    }

    @Test func bytesStayAsTheyAre() throws {
        let code = Array("-ex='".utf8) + [0xFF, UInt8(ascii: "'")]
        let line = try ScriptCommandLine(program: [0xFE], arguments: [code, [0xFD], [0xFC]])
        #expect(line.options.arguments == [[0xFE], code, [0xFD], [0xFC]])
        guard case .code(let text) = line.options.steps[0], case .file(let path) = line.options.steps[1] else {
            Issue.record("not code and a file: \(line.options.steps)")
            return
        }
        #expect(text == Array(code.dropFirst(2)) && path == [0xFD])
    }

    @Test func dashIsTheStandardInput() throws {
        let line = try Self.line("-E", "-", "-x")
        #expect(Self.steps(line) == ["stdin"])
        #expect(line.options.ignoresEnvironment)
        #expect(line.options.scriptIndex == 2)
    }

    @Test func twoDashesEndTheOptions() throws {
        let line = try Self.line("-W", "--", "-odd.lua")
        #expect(Self.steps(line) == ["file -odd.lua"])
        #expect(line.options.showsWarnings)
    }

    @Test func longOptionsTakeTheirValueEitherWay() throws {
        #expect(try Self.line("--log-level", "debug").logLevel == .debug)
        #expect(try Self.line("--log-level=off").logLevel == .critical)
        #expect(try Self.line("--url=http://a:1", "s").options.defaultURL == "http://a:1")
    }

    @Test(arguments: ["--verbose", "-x", "-Ex", "-vv", "--strict=1", "--=1", "--log-level=loud"])
    func unknownOptionsAreErrors(_ option: String) {
        #expect(throws: UsageError.self) { try Self.line(option, "s.lua") }
    }

    @Test(arguments: ["-e", "-l", "--url", "--log-level"])
    func valuesMustBeThere(_ option: String) {
        #expect(throws: UsageError("\(option) needs a value")) { try Self.line(option) }
    }
}
