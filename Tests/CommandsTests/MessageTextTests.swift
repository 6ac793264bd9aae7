import EngineIO
import Testing

@testable import Commands

@Suite struct MessageTextTests {
    private static func line(_ describe: MessageText.Describe, _ kind: MessageKind, _ data: some Collection<UInt8>)
        -> String
    {
        Array(data).withUnsafeBytes { describe(kind, $0) }
    }

    @Test func messagesOfEngineIO() {
        #expect(Self.line(MessageText.engineIO, .text, "hello wörld".utf8) == "message: hello wörld")
        #expect(Self.line(MessageText.engineIO, .text, "".utf8) == "message: ")
        #expect(Self.line(MessageText.engineIO, .binary, [0, 15, 255]) == "binary message, 3 bytes: 00 0f ff")
        #expect(Self.line(MessageText.engineIO, .binary, [7]) == "binary message, 1 byte: 07")
        #expect(Self.line(MessageText.engineIO, .binary, [UInt8](repeating: 1, count: 99)).hasSuffix("01 01 …"))
    }

    @Test func longTextEndsBetweenCharacters() {
        let line = Self.line(MessageText.engineIO, .text, ("x" + String(repeating: "€", count: 100_000)).utf8)
        #expect(line.hasPrefix("message: x€€") && line.hasSuffix("€…") && line.utf8.count < 5000)
        #expect(!line.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test(arguments: [
        ("0{\"token\":\"secret\"}", "connects the namespace /"),
        ("0/chat,{\"token\":\"secret\"}", "connects the namespace /chat"),
        ("0/chat{\"token\":\"secret\"}", "connects the namespace /chat"),
        ("0{\"token", "connects the namespace /"),
        ("1/chat,", "leaves the namespace /chat"),
        ("2[\"say\",\"lobby\",{\"a\":1}]", "event say [\"lobby\",{\"a\":1}]"),
        ("2/chat,17[\"join\"]", "/chat event join []"),
        ("312[\"ok\"]", "ack 12 [\"ok\"]"),
        ("51-[\"file\",{\"_placeholder\":true,\"num\":0}]", "event file [{\"_placeholder\":true,\"num\":0}]"),
        ("nonsense", "message: nonsense"),
    ])
    func packetsOfSocketIO(packet: String, line: String) {
        #expect(Self.line(MessageText.socketIO, .text, packet.utf8) == line)
    }

    @Test func attachments() {
        #expect(Self.line(MessageText.socketIO, .binary, [1, 2]) == "attachment, 2 bytes: 01 02")
    }
}
