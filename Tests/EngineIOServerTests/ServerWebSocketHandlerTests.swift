import EngineIO
import NIOCore
import NIOEmbedded
import Testing

@testable import EngineIOServer

/// The frames of a websocket without a socket.
struct ServerWebSocketHandlerTests {
    private let channel: EmbeddedChannel
    private let server: ServerContext

    init() throws {
        let loop = EmbeddedEventLoop()
        var configuration = ServerConfiguration()
        configuration.maxPayload = 100_000
        self.server = ServerContext(configuration, eventLoop: loop)
        let handler = ServerWebSocketHandler(server: self.server)
        self.channel = EmbeddedChannel(handler: handler, loop: loop)
        handler.start(session: nil)
        let open = try self.sent()
        #expect(open.count == 1)
    }

    private struct Sent: Equatable {
        var opcode: WebSocketOpcode
        var payload: [UInt8]
    }

    private func receive(_ opcode: WebSocketOpcode, _ payload: [UInt8]) throws {
        var frame = ByteBuffer()
        payload.withUnsafeBytes { frame.writeWebSocketFrame(opcode, payload: $0, mask: 0x9ABC_DEF0) }
        try self.channel.writeInbound(frame)
        self.channel.pipeline.fireChannelReadComplete()
    }

    /// The frames that the server has sent since the last call.
    private func sent() throws -> [Sent] {
        var bytes: [UInt8] = []
        while let part = try self.channel.readOutbound(as: ByteBuffer.self) { bytes += Array(part.readableBytesView) }
        var sent: [Sent] = []
        while !bytes.isEmpty {
            let header = try #require(try bytes.withUnsafeBytes { try WebSocketFrameHeader.decode($0) })
            let end = header.length + header.payloadLength
            sent.append(Sent(opcode: header.opcode, payload: Array(bytes[header.length..<end])))
            bytes.removeFirst(end)
        }
        return sent
    }

    @Test func echoesEveryLength() throws {
        for length in [1, 124, 125, 126, 127, 65_534, 65_535, 65_536] {
            let text = Array(("4" + "m" * (length - 1)).utf8)
            try self.receive(.text, text)
            #expect(try self.sent() == [Sent(opcode: .text, payload: text)])
            let binary = text.map { $0 | 0x80 }
            try self.receive(.binary, binary)
            #expect(try self.sent() == [Sent(opcode: .binary, payload: binary)])
        }
        #expect(self.server.statistics.messages == 16)
    }

    @Test func pingsAreAnsweredByTheirData() throws {
        try self.receive(.ping, [1, 2, 3])
        #expect(try self.sent() == [Sent(opcode: .pong, payload: [1, 2, 3])])
    }

    @Test(
        arguments: [
            ([0x03, 0xE9, 0x62, 0x79, 0x65], [0x03, 0xE9]),
            ([], []),
            // Half a code, codes that no frame may have, a reason that is not UTF-8.
            ([0x03], [0x03, 0xEA]),
            ([0x03, 0xED], [0x03, 0xEA]),
            ([0x00, 0x00], [0x03, 0xEA]),
            ([0x03, 0xE8, 0xFF], [0x03, 0xEF]),
        ] as [([UInt8], [UInt8])])
    func closeFrames(payload: [UInt8], answer: [UInt8]) throws {
        try self.receive(.close, payload)
        #expect(try self.sent().last == Sent(opcode: .close, payload: answer))
        #expect(self.server.statistics.open == 0)
    }

    @Test(
        arguments: [
            ([0x34, 0xFF], [0x03, 0xEF]),
            ([UInt8](repeating: 0x34, count: 100_001), [0x03, 0xF1]),
        ] as [([UInt8], [UInt8])])
    func textsThatAreRefused(payload: [UInt8], code: [UInt8]) throws {
        try self.receive(.text, payload)
        #expect(try self.sent() == [Sent(opcode: .close, payload: code)])
        // Frames are no longer read.
        try self.receive(.text, [0x34])
        #expect(try self.sent().isEmpty)
    }
}
