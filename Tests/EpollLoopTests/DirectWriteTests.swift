import Glibc
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

/// ``SocketChannel/writeNow(_:)``, the write of a websocket's frames past the pipeline.
@Suite(.timeLimit(.minutes(5))) struct DirectWriteTests {
    private static func write(_ text: String, to channel: SocketChannel) -> Int {
        var text = text
        return text.withUTF8 { channel.writeNow(UnsafeRawBufferPointer($0)) }
    }

    /// Lets one of the system's buffers have some kilobytes only.
    private static func shorten(_ buffer: CInt, of descriptor: CInt) {
        var size: CInt = 8 << 10
        setsockopt(descriptor, SOL_SOCKET, buffer, &size, socklen_t(MemoryLayout<CInt>.size))
    }

    /// Runs `body` on the loop of a channel that is connected to `peer`.
    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (SocketChannel) throws -> Value,
        then: (Value, SocketChannel, Peer) async throws -> Void
    ) async throws {
        let listener = try Listener()
        defer { listener.close() }
        // Accepted connections have the same.
        Self.shorten(SO_RCVBUF, of: listener.descriptor)
        try await withGroup { group in
            let (channel, peer) = try await group.loop.connect(to: listener)
            let value = try await channel.eventLoop.submit { try body(channel) }.get()
            try await then(value, channel, peer)
        }
    }

    @Test func systemTakesAllThatFits() async throws {
        try await self.onLoop { channel in
            [Self.write("hello", to: channel), Self.write("", to: channel), Self.write(" you", to: channel)]
        } then: { counts, channel, peer in
            #expect(counts == [5, 0, 4])
            #expect(peer.text(9) == "hello you")
            #expect(channel.bufferedBytes == 0)
            peer.close()
        }
    }

    /// The system may take a part of the bytes, or nothing (EAGAIN): the rest goes by the pipeline.
    @Test func restOfAWriteIsTheCallers() async throws {
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await self.onLoop { channel in
            Self.shorten(SO_SNDBUF, of: channel.descriptor)
            return bytes.withUnsafeBytes { all -> [Int] in
                var taken: [Int] = []
                // The other side's system may make room meanwhile, for some more.
                while taken.last ?? 1 > 0 {
                    let rest = UnsafeRawBufferPointer(rebasing: all[taken.reduce(0, +)...])
                    taken.append(channel.writeNow(rest))
                }
                return taken
            }
        } then: { taken, channel, peer in
            let count = taken.reduce(0, +)
            #expect(taken[0] > 0 && taken.last == 0)
            try #require(count < bytes.count)
            let written: EventLoopFuture<Void> = channel.writeAndFlush(ByteBuffer(bytes: bytes[count...]))
            var received: [UInt8] = []
            while received.count < bytes.count {
                let more = peer.read()
                try #require(!more.isEmpty)
                received += more
            }
            try await written.get()
            let isWhole = received == bytes
            #expect(isWhole)
            peer.close()
        }
    }

    @Test func nothingOvertakesBytesThatWait() async throws {
        try await self.onLoop { channel in
            channel.write(ByteBuffer(string: "first"), promise: nil)
            let count = Self.write("second", to: channel)
            channel.flush()
            return (count, Self.write(" third", to: channel))
        } then: { counts, _, peer in
            #expect(counts == (0, 6))
            #expect(peer.text(11) == "first third")
            peer.close()
        }
    }

    @Test func nothingIsWrittenAfterTheEnd() async throws {
        try await self.onLoop { channel in
            channel.close(promise: nil)
            return Self.write("late", to: channel)
        } then: { count, _, peer in
            #expect(count == 0)
            #expect(peer.read().isEmpty)
            peer.close()
        }
    }

    /// It is the next write's, after which all that came before is read.
    @Test func errorIsLeftForTheNextWrite() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let recorder = Recorder()
            let (channel, peer) = try await group.loop.connect(to: listener)
            try await channel.eventLoop.submit { channel.readDirectly(recorder) }.get()
            let (count, isActive) = (Box<Int>(), Box<Bool>())
            let later = Box<EventLoopFuture<Void>>()
            channel.loop.heldUp {
                peer.write("last words")
                peer.reset()
                // In the same turn as what holds the loop up: the loop has not seen the reset.
                later.value = channel.eventLoop.submit {
                    count.value = Self.write("x", to: channel)
                    isActive.value = channel.isActive && recorder.log.values.isEmpty
                    let promise = channel.eventLoop.makePromise(of: Void.self)
                    channel.writeAndFlush(ByteBuffer(string: "x"), promise: promise)
                    return promise.futureResult
                }.flatMap { $0 }
            }
            let error = await #expect(throws: IOError.self) { try await later.value?.get() }
            #expect(count.value == 0)
            #expect(isActive.value == true)
            #expect(error?.errnoCode == EPIPE)
            try await channel.closeFuture.get()
            #expect(recorder.log.values == [.read("last words"), .completed, .failed(EPIPE), .closed])
        }
    }
}
