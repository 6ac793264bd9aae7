import EngineIO
import Testing

@testable import SocketIO

/// Packets in MessagePack: the golden bytes of the references' encoders, and bytes that they refuse.
struct MessagePackPacketTests {
    private static func read(_ hexadecimal: String) throws -> ReceivedParts {
        var reader = SocketIOPacketReader(.messagePack, maximumAttachments: 0, maximumSize: 1000)
        return try Hexadecimal.bytes(hexadecimal).withUnsafeBytes { bytes in
            guard case .packet(let packet) = try reader.read(.binary, bytes) else { throw SocketIOPacketError("?") }
            return ReceivedParts(
                type: packet.type, namespace: String(decoding: packet.namespace, as: UTF8.self),
                id: SocketIOSerializer.messagePack.number(ofID: packet.id), payload: Array(packet.payload))
        }
    }

    struct ReceivedParts: Equatable {
        var type: SocketIOPacketType
        var namespace = "/"
        var id: UInt64?
        var payload: [UInt8]
    }

    private static let type = "a474797065"
    private static let data = "a464617461"
    private static let nsp = "a36e7370"
    private static let id = "a26964"
    private static let main = "\(nsp) a12f"
    private static let hello = "92 a568656c6c6f a3796f75"

    /// Packet, type, payload, ack id.
    static let golden: [(String, SocketIOPacketType, String, UInt64?)] = [
        ("83 \(type) 00 \(data) d40000 \(main)", .connect, "", nil),
        ("83 \(type) 00 \(data) 80 \(main)", .connect, "80", nil),
        (
            "83 \(type) 00 \(data) 82 a3736964 a3616263 a3706964 d40000 \(main)", .connect,
            "82 a3736964 a3616263 a3706964 d40000", nil
        ),
        ("84 \(type) 02 \(data) \(hello) a76f7074696f6e73 81 a8636f6d7072657373 c3 \(main)", .event, hello, nil),
        ("83 \(type) 02 \(data) \(hello) \(main)", .event, hello, nil),
        ("84 \(type) 02 \(data) \(hello) \(main) \(id) 01", .event, hello, 1),
        ("84 \(type) 03 \(id) 01 \(data) 91 2a \(main)", .ack, "91 2a", 1),
        ("83 \(type) 02 \(data) 92 a162 c403010203 \(main)", .event, "92 a162 c403010203", nil),
        ("82 \(type) 01 \(main)", .disconnect, "", nil),
        ("83 \(type) 01 \(data) c0 \(main)", .disconnect, "c0", nil),
        (
            "83 \(type) 04 \(data) 82 a76d657373616765 a26e6f a464617461 d40000 \(main)", .connectError,
            "82 a76d657373616765 a26e6f a464617461 d40000", nil
        ),
        // Other forms of the same: a map of 16 bits, an integer of 64, undefined as an id, a key that is a number.
        ("de0003 \(type) cc02 \(data) 91 01 \(main)", .event, "91 01", nil),
        ("84 \(type) 02 \(id) d40000 \(data) 91 cb3ff8000000000000 \(main)", .event, "91 cb3ff8000000000000", nil),
        ("84 \(type) 03 \(id) d30000000000000005 \(data) 90 \(main)", .ack, "90", 5),
        ("84 \(type) 03 \(id) d3ffffffffffffffff \(data) 90 \(main)", .ack, "90", nil),
        ("84 \(type) 03 \(id) ff \(data) 90 \(main)", .ack, "90", nil),
        ("84 01 92 c0 c0 \(type) 03 \(data) 90 \(main)", .ack, "90", nil),
    ]

    @Test(arguments: golden)
    func goldenBytes(bytes: String, type: SocketIOPacketType, payload: String, id: UInt64?) throws {
        let read = try Self.read(bytes)
        #expect(read == ReceivedParts(type: type, id: id, payload: Hexadecimal.bytes(payload)))
    }

    @Test func namespacesWithoutTheirQuery() throws {
        #expect(try Self.read("82 \(Self.type) 01 \(Self.nsp) a42f613f78").namespace == "/a")
    }

    static let illegal: [(String, String)] = [
        ("", "a message that is not a Socket.IO packet"), ("90", "a message that is not a Socket.IO packet"),
        ("a3616263", "a message that is not a Socket.IO packet"),
        ("80", "a packet without a type"), ("81 \(type) 01", "a packet without a namespace"),
        ("81 \(main)", "a packet without a type"), ("82 \(type) 01 \(nsp) c0", "a packet without a namespace"),
        ("82 \(type) 05 \(main)", "a packet of unknown type"), ("82 \(type) 06 \(main)", "a packet of unknown type"),
        ("82 \(type) ff \(main)", "a packet of unknown type"), ("82 \(type) a132 \(main)", "a packet of unknown type"),
        ("82 \(type) cb4000000000000000 \(main)", "a packet of unknown type"),
        ("83 \(type) 03 \(id) a131 \(data) 90 \(main)", "a packet whose ack id is not an integer"),
        ("84 \(type) 03 \(id) a131 \(data) 90 \(main)", "a packet whose ack id is not an integer"),
        ("84 \(type) 03 \(id) c0 \(data) 90 \(main)", "a packet whose ack id is not an integer"),
        ("84 \(type) 03 \(id) cb3ff0000000000000 \(data) 90 \(main)", "a packet whose ack id is not an integer"),
        ("82 \(type) 01 \(main) c0", "a packet with other bytes after it"),
        ("83 \(type) 01 \(main)", "a packet that is cut off"), ("82 \(type) 01 a26e", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161", "a packet that is cut off"),
        // 2^31 pairs or elements, in a few bytes.
        ("df80000000 \(type) 01 \(main)", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) dd80000000 a161", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161 df80000000", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161 dbffffffff", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161 c6ffffffff", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161 c9ffffffff00", "a packet that is cut off"),
        ("83 \(type) 02 \(main) \(data) 92 a161 c1", "a packet that is cut off"),
        ("83 \(type) 00 \(data) 90 \(main)", "a CONNECT packet whose payload is not an object"),
        ("83 \(type) 00 \(data) c0 \(main)", "a CONNECT packet whose payload is not an object"),
        ("82 \(type) 02 \(main)", "an event without a payload"),
        ("83 \(type) 02 \(data) d40000 \(main)", "an event without a payload"),
        ("83 \(type) 02 \(data) 80 \(main)", "an event whose payload is not an array"),
        ("83 \(type) 02 \(data) 90 \(main)", "an event whose name is not a string"),
        ("83 \(type) 02 \(data) 91 c0 \(main)", "an event whose name is not a string"),
        ("83 \(type) 02 \(data) 91 a7636f6e6e656374 \(main)", "an event with a reserved name"),
        ("82 \(type) 03 \(main)", "an ack without a payload"),
        ("83 \(type) 03 \(data) a161 \(main)", "an ack whose payload is not an array"),
    ]

    @Test(arguments: illegal) func illegalBytes(bytes: String, error: String) {
        #expect(throws: SocketIOPacketError(error)) { try Self.read(bytes) }
    }

    @Test func everyCutOfAPacketIsIllegal() {
        let whole = "84 \(Self.type) 02 \(Self.data) \(Self.hello) \(Self.main) \(Self.id) cd0102"
        let count = Hexadecimal.bytes(whole).count
        let digits = whole.filter { $0 != " " }
        for end in 0..<count {
            #expect(throws: SocketIOPacketError.self) { try Self.read(String(digits.prefix(end * 2))) }
        }
    }

    @Test func textInASessionWithMessagePack() {
        let read = ReadMessages([#"2["a"]"#], serializer: .messagePack)
        #expect(read.error == "a text message; the server does not use msgpack")
    }

    /// Every type of MessagePack, alone and cut by a byte.
    @Test(arguments: [
        "00", "7f", "e0", "ff", "c0", "c2", "c3", "cc01", "cd0001", "ce00000001", "cf0000000000000001", "d001",
        "d10001", "d200000001", "d30000000000000001", "ca00000000", "cb0000000000000000", "a0", "a161", "d90161",
        "da000161", "db0000000161", "c40161", "c5000161", "c60000000161", "c70105ff", "c8000105ff", "c90000000105ff",
        "d40001", "d5000102", "d60001020304", "d7000102030405060708", "d800000102030405060708090a0b0c0d0e0f", "90",
        "91c0", "dc0001c0", "dd00000001c0", "80", "81c0c0", "de0001c0c0", "df00000001c0c0", "9181a16191c0",
    ])
    func valuesAreSkipped(value: String) {
        let bytes = Hexadecimal.bytes(value)
        for end in 0...bytes.count {
            bytes.withUnsafeBytes { bytes in
                var cursor = MessagePackCursor(UnsafeRawBufferPointer(rebasing: bytes[..<end]))
                let isWhole = end == bytes.count
                #expect((cursor.skip() && cursor.isAtEnd) == isWhole)
            }
        }
    }
}
