import LocustTransport
import Testing

@testable import Locust

struct MessagePackTests {
    private func hex(_ value: MessageValue) -> String {
        MessagePack.encode(value).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func decode(_ bytes: [UInt8]) -> MessageValue? { bytes.withUnsafeBytes(MessagePack.decode) }

    @Test func bytesAreThoseOfPythonsLibrary() {
        #expect(self.hex(.array(["client_ready", -1, "h_1"])) == "93ac636c69656e745f7265616479ffa3685f31")
        #expect(self.hex(.array(["spawning", .null, "h_1"])) == "93a8737061776e696e67c0a3685f31")
        let heartbeat = WorkerMessage.heartbeat(.ready, cpu: 0, memory: 0).value(from: "h_1")
        #expect(
            self.hex(heartbeat)
                == "93a968656172746265617483a57374617465a57265616479b163757272656e745f6370755f7573616765"
                + "cb0000000000000000b463757272656e745f6d656d6f72795f757361676500a3685f31")
    }

    @Test(arguments: [
        MessageValue.null, .bool(true), .bool(false), 0, 127, 128, 255, 256, 65_535, 65_536, .int(.max), -1, -32, -33,
        -128, -129, -32_769, .int(.min), .double(0.5), .double(-1e300), "", .string(String(repeating: "x", count: 31)),
        .string(String(repeating: "é", count: 40)), .string(String(repeating: "x", count: 70_000)), "a\u{0}b\u{10FFFF}",
        .array([]), .array([1, "a", .null]), .array(Array(repeating: 7, count: 70_000)), [:], ["a": ["b": 1]], [3: 4],
    ])
    func whatIsWrittenIsReadBack(_ value: MessageValue) {
        #expect(self.decode(MessagePack.encode(value)) == value)
    }

    @Test(
        arguments: [
            [], [0xC1], [0x93, 0xA1], [0xC0, 0xC0], [0x01, 0x01], [0xDD, 0xFF, 0xFF],
            Array(repeating: 0x91, count: 100),
        ] as [[UInt8]])
    func whatIsNoSingleValueIsNone(_ bytes: [UInt8]) {
        #expect(self.decode(bytes) == nil)
    }

    @Test func bytesThatAreNoTextBecomeText() {
        #expect(self.decode([0xA2, 0xFF, 0x61]) == "\u{FFFD}a")
        #expect(self.decode([0xC4, 0x01, 0x00]) == .unknown)
        #expect(self.decode([0xCF] + Array(repeating: 0xFF, count: 8)) == .unknown)
    }
}
