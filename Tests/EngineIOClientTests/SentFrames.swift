import EngineIO
import NIOCore
import NIOEmbedded
import Testing

/// A frame of a client, unmasked.
struct SentFrame: Equatable, CustomStringConvertible {
    var opcode: WebSocketOpcode
    var payload: [UInt8]
    var mask: UInt32

    init(_ opcode: WebSocketOpcode, _ text: String) {
        self.init(opcode, Array(text.utf8))
    }

    init(_ opcode: WebSocketOpcode, _ payload: [UInt8], mask: UInt32 = 0) {
        self.opcode = opcode
        self.payload = payload
        self.mask = mask
    }

    var description: String { "\(self.opcode) \(String(decoding: self.payload, as: UTF8.self))" }

    static func == (one: SentFrame, other: SentFrame) -> Bool {
        one.opcode == other.opcode && one.payload == other.payload
    }

    /// Reads all frames of `bytes`; each has to be masked and whole.
    static func read(_ buffer: ByteBuffer) throws -> [SentFrame] {
        var frames: [SentFrame] = []
        var bytes = buffer.readableBytesView[...]
        while !bytes.isEmpty {
            let copy = Array(bytes)
            let header = try #require(try copy.withUnsafeBytes { try WebSocketFrameHeader.decode($0) })
            let mask = try #require(header.mask)
            let end = header.length + header.payloadLength
            try #require(copy.count >= end)
            let key = withUnsafeBytes(of: mask) { Array($0) }
            let payload = copy[header.length..<end].enumerated().map { $1 ^ key[$0 % 4] }
            frames.append(SentFrame(header.opcode, payload, mask: mask))
            bytes = bytes.dropFirst(end)
        }
        return frames
    }
}

/// A frame of a server, which has no mask.
func serverFrame(_ opcode: WebSocketOpcode, _ text: String, isFinal: Bool = true) -> ByteBuffer {
    precondition(text.utf8.count < 126)
    var buffer = ByteBuffer()
    buffer.writeInteger(opcode.rawValue | (isFinal ? 0x80 : 0))
    buffer.writeInteger(UInt8(text.utf8.count))
    buffer.writeString(text)
    return buffer
}

/// Keeps what is written until a test lets it go: a system that takes nothing.
final class HeldWrites: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var isHolding = false
    private var writes: [(NIOAny, EventLoopPromise<Void>?)] = []
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if self.isHolding {
            self.writes.append((data, promise))
        } else {
            context.write(data, promise: promise)
        }
    }

    func release() {
        self.isHolding = false
        let writes = self.writes
        self.writes = []
        for (data, promise) in writes { self.context?.writeAndFlush(data, promise: promise) }
    }
}

extension EmbeddedChannel {
    /// A connected channel whose writes `held` can hold back.
    static func connected(on eventLoop: EmbeddedEventLoop, _ held: HeldWrites = HeldWrites()) throws -> EmbeddedChannel
    {
        let channel = EmbeddedChannel(loop: eventLoop)
        try channel.pipeline.syncOperations.addHandler(held)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    /// The frames that were written since the last call.
    func writtenFrames() throws -> [SentFrame] {
        var frames: [SentFrame] = []
        while let buffer = try self.readOutbound(as: ByteBuffer.self) { frames += try SentFrame.read(buffer) }
        return frames
    }
}
