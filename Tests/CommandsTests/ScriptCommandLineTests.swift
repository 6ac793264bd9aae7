import Logging
import Scripting
import Testing

@testable import Commands

/// The command line as `lua5.4` reads it.
@Suite struct ScriptCommandLineTests {
    private static func line(_ arguments: String...) throws(UsageError) -> ScriptCommandLine {
        try ScriptCommandLine(program: "eio-lua", arguments: arguments)
    }

    private static func steps(_ line: ScriptCommandLine) -> [String] {
        line.options.steps.map { step in
            switch step {
            case .code(let text): "code \(text)"
            case .require(let name): "require \(name)"
            case .file(let path): "file \(path)"
            case .standardInput: "stdin"
            }
        }
    }

    @Test func whatFollowsTheScriptIsTheScripts() throws {
        let line = try Self.line("bot.lua", "-e", "--strict", "-")
        #expect(Self.steps(line) == ["file bot.lua"])
        #expect(line.options.scriptIndex == 1)
        #expect(line.options.arguments == ["eio-lua", "bot.lua", "-e", "--strict", "-"])
        #expect(!line.options.isStrict)
    }

    @Test func codeAndModulesKeepTheirOrder() throws {
        let line = try Self.line("-l", "a", "-e", "x=1", "-lb=c", "-ey=2", "s.lua")
        #expect(Self.steps(line) == ["require a", "code x=1", "require b=c", "code y=2", "file s.lua"])
        #expect(line.options.scriptIndex == 7)
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
