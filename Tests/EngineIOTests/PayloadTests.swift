import EngineIO
import NIOCore
import TestSupport
import Testing

struct PayloadReaderTests {
    @Test func packetsComeInTheirOrder() {
        let read = ReadPayload(["4a", "2", "4b"])
        #expect(read.packets == [.message("a"), .packet(.ping, ""), .message("b")])
        #expect(read.error == nil)
    }

    @Test func aServersBufferMayHaveMoreThanSixteenPackets() {
        let read = ReadPayload((0..<5000).map { "4\($0)" })
        #expect(read.packets == (0..<5000).map { .message("\($0)") })
        #expect(read.error == nil)
    }

    @Test func emptyMessagesAreMessages() {
        let read = ReadPayload(["4", "b", "4", "b", "4"])
        #expect(read.packets == [.message(""), .binary([]), .message(""), .binary([]), .message("")])
        #expect(read.error == nil)
    }

    @Test(arguments: ["cash money €€€", "中文 メッセージ", "𐀀-󯿿-\u{10FFFF}", "\0\n\r\t\u{1D}\u{1F}", "4b:2"])
    func textIsKeptToTheByte(text: String) {
        #expect(ReadPayload(["4" + text, "6"]).packets == [.message(text), .packet(.noop, "")])
    }

    @Test func anEmptyBodyHasNoPacketAndNoError() {
        let read = ReadPayload([UInt8]())
        #expect(read.packets.isEmpty)
        #expect(read.error == nil)
    }

    @Test(arguments: [
        ("\u{1E}", []), ("\u{1E}\u{1E}", []), ("\u{1E}4a", []), ("4a\u{1E}", ["a"]), ("4a\u{1E}\u{1E}4b", ["a"]),
        ("4a\u{1E}4b\u{1E}", ["a", "b"]),
    ])
    func aSeparatorWithoutAPacketEndsTheReading(body: String, messages: [String]) {
        let read = ReadPayload(Array(body.utf8))
        #expect(read.packets == messages.map(ReadPacket.message))
        #expect(read.error == PacketError("an empty packet"))
    }

    @Test func whatStandsBeforeABadPacketIsRead() {
        for bad in ["abc", " 4", "bA", "b====", "bAQ==AQ==", "-", "é"] {
            let read = ReadPayload(["4a", "bAQID", bad, "4b"])
            #expect(read.packets == [.message("a"), .binary([1, 2, 3])], "\(bad)")
            #expect(read.error != nil, "\(bad)")
        }
    }

    @Test func digitsWithoutAMeaningArePassedOn() {
        let read = ReadPayload(["4a", "7x", "8", "9:", "4b"])
        #expect(read.packets == [.message("a"), .unknown(0x37), .unknown(0x38), .unknown(0x39), .message("b")])
        #expect(read.error == nil)
    }

    @Test func base64MayHaveLineBreaks() {
        var generator = SeededGenerator(seed: 1)
        let data = generator.bytes(200)
        let lines = ServerCodec.base64(data).enumerated().map { $0 % 76 == 75 ? "\($1)\n" : "\($1)" }.joined()
        #expect(ReadPayload(["4a", "b" + lines, "4b"]).packets == [.message("a"), .binary(data), .message("b")])
    }

    @Test func readsWhatAServerWrites() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            var written: [String] = []
            var expected: [ReadPacket] = []
            for _ in 0...generator.below(20) {
                if generator.below(3) == 0 {
                    let data = generator.bytes(generator.below(40))
                    written.append(ServerCodec.binaryPacket(data))
                    expected.append(.binary(data))
                } else {
                    let type = PacketType.allCases[generator.below(7)]
                    let text = generator.text(generator.below(12))
                    written.append("\(Character(Unicode.Scalar(type.rawValue)))\(text)")
                    expected.append(.packet(type, text))
                }
            }
            let read = ReadPayload(written)
            #expect(read.packets == expected)
            #expect(read.error == nil)
        }
    }

    @Test func anyBytesEndInPacketsOrOneError() {
        var generator = SeededGenerator(seed: 3)
        let letters = Array("0123456789bABC=\u{1E}\u{1E}x\n€".utf8)
        for _ in 0..<3000 {
            let body = (0..<generator.below(24)).map { _ in letters[generator.below(letters.count)] }
            let parts = body.isEmpty ? [] : body.split(separator: 0x1E, omittingEmptySubsequences: false)
            let good = parts.prefix { part in
                switch part.first {
                case .some(0x30...0x39): true
                case UInt8(ascii: "b"): ServerCodec.bytes(ofBase64: Array(part.dropFirst())) != nil
                default: false
                }
            }
            let read = ReadPayload(body)
            #expect(read.packets.count == good.count, "\(body)")
            #expect((read.error == nil) == (good.count == parts.count), "\(body)")
        }
    }
}

struct PayloadWriterTests {
    private static func message(_ text: String) -> Packet {
        Packet(type: .message, data: ByteBuffer(string: text))
    }

    private static func binary(_ data: [UInt8]) -> Packet {
        Packet(type: .message, kind: .binary, data: ByteBuffer(bytes: data))
    }

    /// All the bodies of `packets`, and how many messages each was said to have.
    private func post(_ packets: [Packet], maxPayload: Int?) -> (bodies: [ByteBuffer], messages: [Int]) {
        var queue = CircularBuffer(packets)
        var bodies: [ByteBuffer] = []
        var messages: [Int] = []
        while !queue.isEmpty, bodies.count <= packets.count {
            let (body, count, _) = PayloadWriter.take(from: &queue, maxPayload: maxPayload)
            bodies.append(body)
            messages.append(count)
        }
        return (bodies, messages)
    }

    private static func texts(_ lengths: [(String, Int)]) -> [String] {
        lengths.map { String(repeating: $0, count: $1) }
    }

    @Test func theVectorOfTheProtocolsReferenceClient() {
        let texts = Self.texts([("a", 99), ("b", 30), ("c", 30), ("d", 35), ("€", 33), ("f", 99)])
        let (bodies, messages) = self.post(texts.map(Self.message), maxPayload: 100)
        let packets = texts.map { "4" + $0 }
        #expect(bodies.map(ServerCodec.packets) == [[packets[0]], Array(packets[1...3]), [packets[4]], [packets[5]]])
        #expect(bodies.map(\.readableBytes) == [100, 100, 100, 100])
        #expect(messages == [1, 3, 1, 1])
    }

    @Test func oneByteMoreGoesIntoTheNextBody() {
        let packets = Self.texts([("a", 30), ("b", 30), ("c", 36)]).map(Self.message)
        #expect(self.post(packets, maxPayload: 101).bodies.count == 1)
        #expect(self.post(packets, maxPayload: 100).bodies.map { ServerCodec.packets($0).count } == [2, 1])
    }

    @Test func binaryCountsAsBase64() {
        // b and four letters, a separator, b and eight letters.
        let packets = [Self.binary([1, 2, 3]), Self.binary([4, 5, 6, 7])]
        #expect(self.post(packets, maxPayload: 15).bodies.map(ServerCodec.packets) == [["bAQID", "bBAUGBw=="]])
        #expect(self.post(packets, maxPayload: 14).bodies.map(ServerCodec.packets) == [["bAQID"], ["bBAUGBw=="]])
    }

    @Test func aPacketAboveTheLimitGoesAlone() {
        let packets = ["a", String(repeating: "x", count: 200), "b", "c"].map(Self.message)
        let (bodies, messages) = self.post(packets, maxPayload: 100)
        #expect(bodies.map { ServerCodec.packets($0).count } == [1, 1, 2])
        #expect(bodies[1].readableBytes == 201)
        #expect(messages == [1, 1, 2])
    }

    @Test func atMostSixteenPackets() {
        let (bodies, messages) = self.post((0..<40).map { Self.message("\($0)") }, maxPayload: nil)
        #expect(bodies.map { ServerCodec.packets($0).count } == [16, 16, 8])
        #expect(bodies.flatMap(ServerCodec.packets) == (0..<40).map { "4\($0)" })
        #expect(messages == [16, 16, 8])
    }

    @Test func withoutALimitSizeDoesNotMatter() {
        let texts = (0..<16).map { _ in String(repeating: "x", count: 100_000) }
        let bodies = self.post(texts.map(Self.message), maxPayload: nil).bodies
        #expect(bodies.map(\.readableBytes) == [16 * 100_001 + 15])
    }

    @Test func emptyPacketsHaveTheirSeparators() {
        let packets = [Self.message(""), Self.binary([]), Self.message("")]
        #expect(self.post(packets, maxPayload: nil).bodies == [ByteBuffer(string: "4\u{1E}b\u{1E}4")])
    }

    @Test func onlyMessagesAreCounted() {
        let packets = [Packet(type: .pong, data: ByteBuffer(string: "x")), Self.message("a"), Self.binary([0]), .close]
        let (bodies, messages) = self.post(packets, maxPayload: nil)
        #expect(bodies.map(ServerCodec.packets) == [["3x", "4a", "bAA==", "1"]])
        #expect(messages == [2])
    }

    @Test func anEmptyQueueGivesAnEmptyBody() {
        var queue = CircularBuffer<Packet>()
        let (body, messages, _) = PayloadWriter.take(from: &queue, maxPayload: 100)
        #expect(body.readableBytes == 0)
        #expect(messages == 0)
    }

    @Test func aDataBufferIsWrittenFromItsReaderIndex() {
        var data = ByteBuffer(string: "xxabc")
        data.moveReaderIndex(forwardBy: 2)
        var queue: CircularBuffer = [
            Packet(type: .message, data: data), Packet(type: .message, kind: .binary, data: data),
        ]
        check(PayloadWriter.take(from: &queue, maxPayload: nil).body, ByteBuffer(string: "4abc\u{1E}bYWJj"))
    }

    @Test func bodiesAreAsFullAsTheyMayBe() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let limit = 1 + generator.below(120)
            let packets = (0..<generator.below(60)).map { _ in
                generator.below(2) == 0
                    ? Self.message(generator.text(generator.below(20)))
                    : Self.binary(generator.bytes(generator.below(40)))
            }
            let encoded = packets.map { packet in
                packet.kind == .text
                    ? "4" + String(buffer: packet.data) : ServerCodec.binaryPacket(Array(packet.data.readableBytesView))
            }
            let bodies = self.post(packets, maxPayload: limit).bodies.map(ServerCodec.packets)
            #expect(bodies.flatMap { $0 } == encoded)
            for (index, body) in bodies.enumerated() {
                let size = ServerCodec.payload(body).count
                #expect(body.count == 1 || size <= limit)
                #expect(body.count <= 16)
                guard index + 1 < bodies.count else { continue }
                #expect(body.count == 16 || size + 1 + bodies[index + 1][0].utf8.count > limit)
            }
        }
    }
}
