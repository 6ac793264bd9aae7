import Glibc
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct SocketChannelTests {
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }
    }

    /// A channel whose reader is `recorder`.
    private static func connect(
        _ loop: EpollEventLoop, _ listener: Listener, _ recorder: Recorder
    ) async throws -> (SocketChannel, Peer) {
        let (channel, peer) = try await loop.connect(to: listener)
        try await loop.submit { channel.readDirectly(recorder) }.get()
        return (channel, peer)
    }

    @Test func pipelineEchoes() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (channel, peer) = try await group.loop.connect(to: listener)
            try await channel.eventLoop.submit { try channel.pipeline.syncOperations.addHandler(Echo()) }.get()
            peer.write("hello")
            #expect(peer.text(5) == "hello")
            peer.close()
            try await channel.closeFuture.get()
            #expect(!channel.isActive)
        }
    }

    @Test func readerSeesBytesAndTheEndOnce() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let recorder = Recorder()
            let (channel, peer) = try await Self.connect(group.loop, listener, recorder)
            peer.write("one")
            await recorder.wait(for: .completed)
            peer.write("two")
            await recorder.wait(for: .completed)
            peer.close()
            try await channel.closeFuture.get()
            await #expect(throws: ChannelError.alreadyClosed) { try await channel.close().get() }
            #expect(recorder.log.values == [.read("one"), .completed, .read("two"), .completed, .closed])
        }
    }

    @Test func readerMayCloseWhileItReads() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let closing = Box<SocketChannel>()
            let recorder = Recorder { _ in closing.value?.close(promise: nil) }
            let (channel, peer) = try await Self.connect(group.loop, listener, recorder)
            closing.value = channel
            peer.write("bye")
            try await channel.closeFuture.get()
            #expect(recorder.log.values == [.read("bye"), .closed])
            #expect(peer.read().isEmpty)
            peer.close()
        }
    }

    @Test(arguments: [true, false]) func bytesBeforeAResetAreDelivered(_ autoRead: Bool) async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let recorder = Recorder()
            let (channel, peer) = try await Self.connect(group.loop, listener, recorder)
            try await channel.eventLoop.submit { channel.setAutoRead(autoRead) }.get()
            let text = String(repeating: "x", count: 30_000)
            channel.loop.heldUp {
                peer.write(text)
                peer.reset()
            }
            try await channel.closeFuture.get()
            #expect(recorder.log.values == [.read(text), .completed, .failed(ECONNRESET), .closed])
        }
    }

    @Test func nothingIsDeliveredWhileReadingIsOff() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (paused, other) = (Recorder(), Recorder())
            let loop = try group.loop
            let (channel, peer) = try await Self.connect(loop, listener, paused)
            let (_, otherPeer) = try await Self.connect(loop, listener, other)
            try await loop.submit { channel.setAutoRead(false) }.get()
            peer.write("last words")
            peer.close()
            otherPeer.write("x")
            await other.wait(for: .completed)
            // The event that the loop had for the other connection came later.
            #expect(paused.log.values.isEmpty)
            #expect(channel.isActive)
            try await loop.submit { channel.setAutoRead(true) }.get()
            try await channel.closeFuture.get()
            #expect(paused.log.values == [.read("last words"), .completed, .closed])
            otherPeer.close()
        }
    }

    @Test func channelsMayCloseEachOther() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let all = Box<[SocketChannel]>()
            let reads = Log<String>()
            let loop = try group.loop
            var (peers, channels) = ([Peer](), [SocketChannel]())
            for _ in 0..<64 {
                // The first that reads closes all; nobody but the loop knows them any more then.
                let recorder = Recorder { text in
                    reads.append(text)
                    for channel in all.value ?? [] { channel.close(promise: nil) }
                    all.value = nil
                }
                let (channel, peer) = try await Self.connect(loop, listener, recorder)
                channels.append(channel)
                peers.append(peer)
            }
            all.value = channels
            channels = []
            loop.heldUp { for peer in peers { peer.write("x") } }
            for peer in peers { #expect(peer.read().isEmpty) }
            try await loop.submit {}.get()
            #expect(reads.values == ["x"])
            for peer in peers { peer.close() }
        }
    }

    @Test func eachOfManyReadsWhatIsItsOwn() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let loop = try group.loop
            // More than a batch reads of one socket, so that a part is left for later.
            let texts = (0..<40).map { index in String(repeating: "\(index) ", count: index % 5 == 0 ? 9000 : 1) }
            var ends: [(channel: SocketChannel, peer: Peer, recorder: Recorder)] = []
            for _ in texts {
                let recorder = Recorder()
                let (channel, peer) = try await Self.connect(loop, listener, recorder)
                ends.append((channel, peer, recorder))
            }
            for close in [Peer.close, Peer.reset] {
                let batch = ends.prefix(ends.count / 2)
                loop.heldUp {
                    for (end, text) in zip(batch, texts) {
                        end.peer.write(text)
                        close(end.peer)()
                    }
                }
                for (end, text) in zip(batch, texts) {
                    try await end.channel.closeFuture.get()
                    let read = end.recorder.log.values.compactMap {
                        if case .read(let text) = $0 { text } else { nil }
                    }
                    #expect(read.joined() == text)
                    #expect(end.recorder.log.values.filter { $0 == .closed }.count == 1)
                }
                ends.removeFirst(batch.count)
            }
            for end in ends { end.peer.close() }
        }
    }

    @Test func closedChannelIsForgottenThoughItsSocketLivesOn() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (channel, peer) = try await Self.connect(group.loop, listener, Recorder())
            let descriptor = channel.descriptor
            let inode = Descriptors.inode(descriptor)
            #expect(Descriptors.isWatched(inode: inode))
            // As a child process has it between fork and exec.
            let copy = dup(descriptor)
            try await channel.close().get()
            #expect(!Descriptors.isWatched(inode: inode))
            close(copy)
            peer.close()
        }
    }
}
