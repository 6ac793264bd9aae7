import EngineIO
import NIOCore
import SocketIO
import Testing

@testable import EngineIOClient
@testable import SocketIOClient

/// A session whose packets are in MessagePack.
struct MessagePackSessionTests {
    private static let type: [UInt8] = [0xA4] + "type".utf8
    private static let main: [UInt8] = [0xA3] + "nsp".utf8 + [0xA1, 0x2F]
    private static let data: [UInt8] = [0xA4] + "data".utf8
    private static let id: [UInt8] = [0xA2] + "id".utf8

    private static func accept() -> [UInt8] {
        let sid: [UInt8] = [0x81, 0xA3] + "sid".utf8 + [0xA1, 0x61]
        return [0x83] + Self.type + [0] + Self.main + Self.data + sid
    }

    private static func connected() throws -> MemoryClient {
        let client = MemoryClient { $0.serializer = .messagePack }
        #expect(client.connect())
        try client.open()
        let connect = try client.transport.waiting
        #expect(connect.map(\.kind) == [.binary])
        #expect(
            connect.map { Array($0.data.readableBytesView) } == [
                [0x83] + Self.type + [0] + Self.main + Self.data + [0x80]
            ])
        try client.receive(binary: Self.accept())
        #expect(client.events.suffix(2) == ["connected / a", "ready"])
        client.delegate.events = []
        try client.transport.waiting = []
        return client
    }

    @Test func eventsAndTheirAnswers() throws {
        let client = try Self.connected()
        // The id is an integer of 64 bits.
        let id: [UInt8] = [0xCF, 0, 0, 0, 0, 0, 0, 0, 5]
        try client.receive(
            binary: [0x84] + Self.type + [2] + Self.id + id + Self.data + [0x91, 0xA1, 0x78] + Self.main)
        let event = try #require(client.delegate.received.first)
        #expect(client.emit("\u{11}", wantsAck: true) == .sent(ackID: 1))
        let sent = try client.transport.waiting.map { Array($0.data.readableBytesView) }
        #expect(sent == [[0x84] + Self.type + [2] + Self.main + Self.id + [1] + Self.data + [0x11]])
        try client.receive(binary: [0x84] + Self.type + [3] + Self.id + [1] + Self.data + [0x90] + Self.main)
        #expect(client.events.last?.hasPrefix("ack / 1 ") == true)
        #expect(event.namespace == "/")
    }

    @Test func textEndsTheSession() throws {
        let client = try Self.connected()
        try client.receive(#"2["x"]"#)
        #expect(
            client.delegate.detail?.message
                == #"the server sent a text message; the server does not use msgpack: 2["x"]"#)
    }

    @Test func disconnectHasNoPayload() throws {
        let client = try Self.connected()
        client.disconnect()
        let sent = try client.transport.waiting.map { Array($0.data.readableBytesView) }
        #expect(sent == [[0x82] + Self.type + [1] + Self.main])
    }
}
