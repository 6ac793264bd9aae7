import EngineIO
import NIOCore
import Testing

struct UnreadPayloadTests {
    /// Reads one turn and returns the packets' data.
    private static func turn(
        _ payload: inout UnreadPayload, atMost limit: Int = .max
    ) throws(PacketError) -> [String] {
        var read: [String] = []
        var budget = TurnBudget()
        try payload.read(&budget, while: { read.count < limit }) { packet in
            switch packet {
            case .packet(let type, let data): read.append("\(type) " + String(decoding: data, as: UTF8.self))
            case .binary(let data): read.append("binary \(Array(data.readableBytesView))")
            case .unknown(let digit): read.append("unknown \(digit)")
            }
        }
        return read
    }

    private static func payload(_ packets: [String]) -> UnreadPayload {
        UnreadPayload(ByteBuffer(string: packets.joined(separator: "\u{1E}")))
    }

    @Test func aTurnReadsAThousandPacketsAtMost() throws {
        var payload = Self.payload(Array(repeating: "2", count: 100_000))
        var turns = 0
        var read = 0
        while !payload.isAtEnd {
            let count = try Self.turn(&payload).count
            #expect(count <= TurnBudget.packets)
            read += count
            turns += 1
        }
        #expect(read == 100_000)
        #expect(turns <= 101)
    }

    @Test func aTurnReads256KiBAtMostAndThePacketThatPassesThem() throws {
        let packet = "4" + String(repeating: "x", count: 9_999)
        var payload = Self.payload(Array(repeating: packet, count: 100))
        #expect(try Self.turn(&payload).count == TurnBudget.bytes / 10_000 + 1)
        #expect(!payload.isAtEnd)
    }

    @Test func readingStopsInsideABodyAndGoesOnAtTheSamePlace() throws {
        var payload = Self.payload(["4a", "4b", "bAQI=", "2", "4é"])
        #expect(try Self.turn(&payload, atMost: 1) == ["message a"])
        #expect(payload.rest == ByteBuffer(string: "4b\u{1E}bAQI=\u{1E}2\u{1E}4é"))
        #expect(try Self.turn(&payload, atMost: 0) == [])
        #expect(try Self.turn(&payload, atMost: 2) == ["message b", "binary [1, 2]"])
        #expect(!payload.isAtEnd)
        #expect(try Self.turn(&payload) == ["ping ", "message é"])
        #expect(payload.isAtEnd)
        #expect(payload.rest.readableBytes == 0)
        #expect(try Self.turn(&payload) == [])
    }

    @Test func onlyTheBadPacketIsLostOfWhatCameBefore() throws {
        for bad in ["é", "4\u{1E}", "b=", "x"] {
            var payload = Self.payload(["4a", "4b", bad])
            #expect(try Self.turn(&payload, atMost: 2) == ["message a", "message b"], "\(bad)")
            #expect(throws: PacketError.self) { try Self.turn(&payload) }
        }
    }

    @Test func eachPacketMustBeUTF8() throws {
        var bytes = ByteBuffer(string: "4a\u{1E}4b")
        bytes.writeInteger(UInt8(0xC3))
        bytes.writeString("\u{1E}4c")
        var payload = UnreadPayload(bytes)
        #expect(try Self.turn(&payload, atMost: 1) == ["message a"])
        #expect(throws: PacketError("a packet that is not UTF-8 at byte 2")) { try Self.turn(&payload) }
    }

    @Test(arguments: [("", false), ("6", false), ("6\u{1E}6", false), ("6\u{1E}2", true), ("4", true)])
    func noopsDoNotMakeABodyFull(body: String, hasPackets: Bool) throws {
        var payload = UnreadPayload(ByteBuffer(string: body))
        _ = try Self.turn(&payload)
        #expect(payload.isAtEnd)
        #expect(payload.hadPackets == hasPackets)
    }

    @Test func anEmptyBodyIsReadFromTheStart() {
        #expect(UnreadPayload(ByteBuffer()).isAtEnd)
    }

    @Test func longPacketsSurviveThatTheMemoryBeforeThemIsGivenBack() throws {
        let (first, second) = (String(repeating: "a", count: 3 << 20), String(repeating: "b", count: 2 << 20))
        var payload = Self.payload(["4" + first, "4" + second, "4c"])
        #expect(try Self.turn(&payload) == ["message " + first])
        #expect(try Self.turn(&payload) == ["message " + second])
        #expect(try Self.turn(&payload) == ["message c"])
    }
}
