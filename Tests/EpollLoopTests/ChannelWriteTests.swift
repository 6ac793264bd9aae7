import Glibc
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct ChannelWriteTests {
    private static let block = 64 << 10
    private static let blockCount = 256

    /// Writes more than the system takes while nobody reads; notes which writes came to their end, and how.
    private static func writeMuch(_ channel: SocketChannel, _ done: Log<Int>, _ failed: Log<Int>) -> EventLoopFuture<
        Void
    > {
        let futures = (0..<Self.blockCount).map { index in
            let data = ByteBuffer(repeating: UInt8(index & 0xFF), count: Self.block)
            let future = channel.write(data)
            future.whenSuccess { done.append(index) }
            future.whenFailure { _ in failed.append(index) }
            return future
        }
        channel.flush()
        return EventLoopFuture.andAllComplete(futures, on: channel.eventLoop)
    }

    @Test func writesWaitForTheSystem() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (recorder, done, failed) = (Recorder(), Log<Int>(), Log<Int>())
            let (channel, peer) = try await group.loop.connect(
                to: listener, waterMark: .init(low: Self.block, high: 4 * Self.block))
            let all = try await channel.eventLoop.submit {
                channel.readDirectly(recorder)
                let all = Self.writeMuch(channel, done, failed)
                #expect(!channel.isWritable)
                #expect(channel.bufferedBytes > 4 * Self.block)
                return all
            }.get()
            #expect(done.values.count < Self.blockCount)
            for index in 0..<Self.blockCount {
                var left = Self.block
                while left > 0 {
                    let bytes = peer.read(atMost: left)
                    try #require(!bytes.isEmpty)
                    #expect(bytes.allSatisfy { $0 == UInt8(index & 0xFF) })
                    left -= bytes.count
                }
            }
            try await all.get()
            #expect(done.values == Array(0..<Self.blockCount))
            #expect(failed.values.isEmpty)
            #expect(recorder.log.values == [.writable(false), .writable(true)])
            let (isWritable, buffered) = try await channel.eventLoop.submit {
                (channel.isWritable, channel.bufferedBytes)
            }.get()
            #expect(isWritable)
            #expect(buffered == 0)
            peer.close()
        }
    }

    @Test(arguments: ["", "last words"]) func resetWhileWritesWait(_ text: String) async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (recorder, done, failed) = (Recorder(), Log<Int>(), Log<Int>())
            let (channel, peer) = try await group.loop.connect(to: listener)
            let all = try await channel.eventLoop.submit {
                channel.readDirectly(recorder)
                return Self.writeMuch(channel, done, failed)
            }.get()
            channel.loop.heldUp {
                if !text.isEmpty { peer.write(text) }
                peer.reset()
            }
            try await channel.closeFuture.get()
            try await all.get()
            let read: [Recorder.Event] = text.isEmpty ? [] : [.read(text), .completed]
            #expect(recorder.log.values == [.writable(false)] + read + [.failed(ECONNRESET), .closed])
            #expect(done.values + failed.values == Array(0..<Self.blockCount))
            #expect(!failed.values.isEmpty)
        }
    }

    @Test func readerIsNotCalledFromWithinAWriteThatFails() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let recorder = Recorder()
            let (channel, peer) = try await group.loop.connect(to: listener)
            try await channel.eventLoop.submit { channel.readDirectly(recorder) }.get()
            let later = Box<EventLoopFuture<Void>>()
            channel.loop.heldUp {
                peer.write("last words")
                peer.reset()
                // It stands behind what holds the loop up, in the same turn: the loop has not seen the reset.
                later.value = channel.eventLoop.submit {
                    let promise = channel.eventLoop.makePromise(of: Void.self)
                    channel.writeAndFlush(ByteBuffer(string: "x"), promise: promise)
                    #expect(recorder.log.values.isEmpty)
                    return promise.futureResult
                }.flatMap { $0 }
            }
            let error = await #expect(throws: IOError.self) { try await later.value?.get() }
            #expect(error?.errnoCode == ECONNRESET)
            try await channel.closeFuture.get()
            #expect(recorder.log.values == [.read("last words"), .completed, .failed(ECONNRESET), .closed])
        }
    }

    @Test func nothingIsWrittenAfterTheEnd() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (channel, peer) = try await group.loop.connect(to: listener)
            try await channel.close().get()
            await #expect(throws: ChannelError.ioOnClosedChannel) {
                try await channel.writeAndFlush(ByteBuffer(string: "x")).get()
            }
            #expect(peer.read().isEmpty)
            peer.close()
        }
    }
}
