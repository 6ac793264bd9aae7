import EngineIO
import NIOCore
import NIOPosix

/// A connection that writes and reads text as it is on the wire.
struct RawConnection: Sendable {
    private let channel: any Channel
    private let received: NIOLoopBound<Received>

    /// The received bytes that nobody has read yet, and the readers that wait for more.
    private final class Received: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var bytes = ByteBuffer()
        private var wanted: ((String) -> Bool)?
        private var promise: EventLoopPromise<String>?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes.writeImmutableBuffer(self.unwrapInboundIn(data))
            self.check()
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.promise?.fail(ChannelError.eof)
        }

        func expect(_ promise: EventLoopPromise<String>, _ wanted: @escaping (String) -> Bool) {
            (self.promise, self.wanted) = (promise, wanted)
            self.check()
        }

        func giveUp(after patience: TimeAmount) {
            self.promise?.fail(ChannelError.connectTimeout(patience))
            (self.promise, self.wanted) = (nil, nil)
        }

        private func check() {
            let text = String(buffer: self.bytes)
            guard let promise = self.promise, self.wanted?(text) == true else { return }
            (self.promise, self.wanted) = (nil, nil)
            self.bytes.clear()
            promise.succeed(text)
        }
    }

    static func open(_ port: Int) async throws -> RawConnection {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Received()) }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let received = try await channel.eventLoop.submit {
            try NIOLoopBound(
                channel.pipeline.syncOperations.handler(type: Received.self), eventLoop: channel.eventLoop)
        }.get()
        return RawConnection(channel: channel, received: received)
    }

    static func webSocketHandshake(_ query: String) -> String {
        """
        GET /engine.io/?EIO=4&transport=websocket\(query) HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """
    }

    /// Writes `text` and then masked frames, in one piece.
    func write(_ text: String, frames: [(String, WebSocketOpcode)] = []) async throws {
        var bytes = ByteBuffer(string: text)
        for (payload, opcode) in frames {
            Array(payload.utf8).withUnsafeBytes {
                bytes.writeWebSocketFrame(opcode, payload: $0, mask: 0x1234_5678)
            }
        }
        try await self.channel.writeAndFlush(bytes)
    }

    func close() async throws {
        try await self.channel.close()
    }

    /// Takes all that has come as soon as `wanted` holds for it.
    func read(
        within patience: TimeAmount = .seconds(5), until wanted: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let eventLoop = self.channel.eventLoop
        return try await eventLoop.flatSubmit {
            let promise = eventLoop.makePromise(of: String.self)
            let timeout = eventLoop.scheduleTask(in: patience) { self.received.value.giveUp(after: patience) }
            promise.futureResult.whenComplete { _ in timeout.cancel() }
            self.received.value.expect(promise, wanted)
            return promise.futureResult
        }.get()
    }

    /// Sends a request and takes its whole answer, head and body.
    func request(_ method: String, _ uri: String, body: String = "") async throws -> String {
        try await self.write(
            "\(method) \(uri) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return try await self.read { answer in
            let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            let length = parts[0].split(separator: "Content-Length: ").last?.prefix(while: \.isNumber)
            return parts.count == 2 && length.flatMap { Int($0) } == parts[1].utf8.count
        }
    }
}

func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
