import ProcessSupport
import SocketIO
import Testing

@testable import TerminalClient

@Suite struct InputFormatTests {
    private static func message(_ line: String, _ format: InputFormat) throws -> OutgoingMessage? {
        try format.message(ofLine: Array(line.utf8))
    }

    private static let json = InputFormat(isSocketIO: false, isJSON: true)
    private static let events = InputFormat(isSocketIO: true, isJSON: true)

    @Test func textIsALineAsItIs() throws {
        let plain = InputFormat(isSocketIO: false)
        #expect(try Self.message("{\"a\": 1} ", plain) == .text("{\"a\": 1} "))
        #expect(try Self.message("", plain) == .text(""))
        #expect(try Self.message("ä", InputFormat(isSocketIO: false, isBinary: true)) == .bytes([0xC3, 0xA4]))
        #expect(
            try Self.message("hi", InputFormat(isSocketIO: true)) == .event(OutgoingEvent("message", ["hi"])))
        #expect(throws: UsageError.self) { try plain.message(ofLine: [0x61, 0xFF]) }
    }

    @Test func formsOfJSON() throws {
        #expect(try Self.message("\"a\\n\"", Self.json) == .text("a\n"))
        #expect(try Self.message("{\"binary\":\"AP8=\"}", Self.json) == .bytes([0, 255]))
        #expect(try Self.message(" \t\r", Self.json) == nil)
        #expect(try Self.message("\"a\"", Self.events) == .event(OutgoingEvent("message", ["a"])))
        #expect(try Self.message("{\"event\":\"x\"}", Self.events) == .event(OutgoingEvent("x", [])))
        let nested: [SocketIOValue] = [["k": [.bytes([1])], "binary": 1], ["binary": "no base64"]]
        #expect(
            try Self.message(
                #"{"event":"x","args":[{"k":[{"binary":"AQ=="}],"binary":1},{"binary":"no base64"}],"ack":true}"#,
                Self.events) == .event(OutgoingEvent("x", nested, wantsAck: true)))
    }

    @Test(arguments: [
        "1", "{}", "[1]", "{\"a\":1}", "\"a", "{\"event\":1}", "{\"event\":\"x\",\"args\":1}",
        "{\"event\":\"x\",\"arg\":[]}", "{\"event\":\"x\",\"ack\":1}", "{\"binary\":\"%\"}",
    ])
    func otherJSONIsAnError(line: String) {
        #expect(throws: UsageError.self) { try Self.message(line, Self.events) }
    }

    @Test func eventsNeedSocketIO() {
        #expect(throws: UsageError.self) { try Self.message("{\"event\":\"x\",\"args\":[]}", Self.json) }
    }

    @Test func eventOfAnArray() throws {
        let format = InputFormat(isSocketIO: true, wantsAcks: true)
        #expect(
            try format.event(ofArray: "[\"join\",{\"room\":1}]")
                == .event(OutgoingEvent("join", [["room": 1]], wantsAck: true)))
        #expect(throws: UsageError.self) { try format.event(ofArray: "[1]") }
    }
}
