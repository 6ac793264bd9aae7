import LineEditor
import ProcessSupport
import SocketIO
import Testing

@testable import TerminalClient

@Suite struct PromptCommandTests {
    private static let plain = InputFormat(isSocketIO: false)
    private static let events = InputFormat(isSocketIO: true)

    @Test func otherLinesAreText() throws {
        #expect(try PromptCommand("hello .world", Self.plain) == .send(.text("hello .world")))
        #expect(try PromptCommand("..hidden", Self.plain) == .send(.text(".hidden")))
        #expect(try PromptCommand("", Self.plain) == nil)
        #expect(
            try PromptCommand("{\"event\":\"x\"}", InputFormat(isSocketIO: true, isJSON: true))
                == .send(.event(OutgoingEvent("x", []))))
    }

    @Test func commands() throws {
        let expected: [(String, PromptCommand)] = [
            (".help", .help), (".info", .info), (".quit", .quit), (".trace on", .trace(true)),
            (".trace  off", .trace(false)), (".disconnect", .disconnect), (".connect", .connect),
            (".binary AP8=", .send(.bytes([0, 255]))),
        ]
        for (line, command) in expected { #expect(try PromptCommand(line, Self.plain) == command) }
    }

    @Test func eventsWithArguments() throws {
        #expect(
            try PromptCommand(#".emit join {"room": "a b"} "c \" d" [1, 2] null"#, Self.events)
                == .send(.event(OutgoingEvent("join", [["room": "a b"], "c \" d", [1, 2], nil]))))
        #expect(
            try PromptCommand(".call  \"two words\"", Self.events)
                == .send(.event(OutgoingEvent("two words", [], wantsAck: true))))
    }

    @Test(arguments: [
        ".emit", ".emit a b", ".emit a {", ".trace", ".trace maybe", ".help me", ".binary", ".binary %", ".halp",
    ])
    func linesThatAreNotValid(line: String) {
        #expect(throws: UsageError.self) { try PromptCommand(line, Self.events) }
    }

    @Test(arguments: [".emit a ", "."])
    func errorsShowTheBeginningOfALongLine(start: String) throws {
        let error = try #require(throws: UsageError.self) {
            try PromptCommand(start + String(repeating: "x", count: 1000), Self.events)
        }
        #expect(error.description.contains("xxx…"))
        #expect(error.description.utf8.count < 150)
    }

    @Test func eventsNeedSocketIO() {
        #expect(throws: UsageError.self) { try PromptCommand(".emit a", Self.plain) }
    }

    @Test func namesAreCompleted() {
        let names = EventNames()
        for name in ["news", "next", "other", "two words", "a\u{1B}", String(repeating: "n", count: 101)] {
            names.add(name)
        }
        #expect(names.completion(of: ".emit ne").candidates == ["news", "next"])
        #expect(names.completion(of: ".call ").candidates == ["news", "next", "other"])
        #expect(names.completion(of: ".t").candidates == [".trace"])
        #expect(names.completion(of: ".trace o").candidates == ["on", "off"])
        #expect(names.completion(of: "ne").candidates == [])
        #expect(names.completion(of: ".emit news n").candidates == [])
    }
}
