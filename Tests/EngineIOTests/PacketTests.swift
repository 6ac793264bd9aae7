import EngineIO
import NIOCore
import Testing

struct PacketTests {
    private func read(_ bytes: [UInt8]) throws -> ReadPacket {
        try bytes.withUnsafeBytes { ReadPacket(try ReceivedPacket($0)) }
    }

    @Test(arguments: zip("0123456", PacketType.allCases))
    func aDigitNamesTheType(digit: Character, type: PacketType) throws {
        #expect(type.rawValue == digit.asciiValue)
        #expect(try self.read(Array("\(digit)".utf8)) == .packet(type, ""))
        #expect(try self.read(Array("\(digit)x€\u{1E}".utf8)) == .packet(type, "x€\u{1E}"))
    }

    @Test func theTypesAreInTheOrderOfTheProtocol() {
        #expect(PacketType.allCases == [.open, .close, .ping, .pong, .message, .upgrade, .noop])
    }

    @Test func bMeansBase64() throws {
        #expect(try self.read(Array("bAQID".utf8)) == .binary([1, 2, 3]))
        #expect(try self.read(Array("b".utf8)) == .binary([]))
        #expect(throws: PacketError.self) { try self.read(Array("bAQI".utf8)) }
        #expect(throws: PacketError.self) { try self.read(Array("bAQ-_".utf8)) }
    }

    @Test func everyOtherFirstByte() {
        for byte in UInt8.min ... .max where PacketType(rawValue: byte) == nil && byte != UInt8(ascii: "b") {
            let packet = try? self.read([byte, 0x61])
            #expect(packet == ("7"..."9" ~= Character(Unicode.Scalar(byte)) ? .unknown(byte) : nil), "byte \(byte)")
        }
    }

    @Test func anEmptyPacketIsNone() {
        #expect(throws: PacketError("an empty packet")) { try self.read([]) }
    }

    @Test func theErrorNamesTheByte() {
        #expect(throws: PacketError("a packet of unknown type (byte 60)")) { try self.read(Array("<html>".utf8)) }
    }

    @Test func theLengthIsThatOfTheWrittenPacket() {
        for length in 0..<50 {
            for kind in [MessageKind.text, .binary] {
                let packet = Packet(
                    type: .message, kind: kind, data: ByteBuffer(repeating: UInt8(ascii: "x"), count: length))
                var queue: CircularBuffer = [packet]
                let body = PayloadWriter.take(from: &queue, maxPayload: nil).body
                #expect(packet.payloadLength == body.readableBytes, "\(kind) of \(length) bytes")
            }
        }
    }

    @Test func theClosePacketHasNoData() {
        #expect(Packet.close == Packet(type: .close, kind: .text, data: ByteBuffer()))
        #expect(Packet.close.payloadLength == 1)
    }

    @Test func theProbe() {
        #expect(Packet.probe.description == "probe")
    }
}
