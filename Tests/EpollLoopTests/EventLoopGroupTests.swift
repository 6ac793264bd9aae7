import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct EventLoopGroupTests {
    @Test func nextGoesRound() async throws {
        try await withGroup(3) { group in
            let loops = group.makeIterator().map { ObjectIdentifier($0) }
            #expect(Set(loops).count == 3)
            #expect((0..<7).map { _ in ObjectIdentifier(group.next()) } == loops + loops + loops.prefix(1))
        }
    }

    @Test func waitingBlocksUntilTheLoopAnswers() throws {
        let group = try EpollEventLoopGroup(numberOfThreads: 1)
        #expect(try group.next().submit { 7 }.wait() == 7)
        try group.syncShutdownGracefully()
    }

    @Test func shutdownRunsWhatWasHandedOverAndClosesChannels() async throws {
        let listener = try Listener()
        defer { listener.close() }
        let group = try EpollEventLoopGroup(numberOfThreads: 2)
        let (loop, log, recorder) = (try group.loop, Log<Int>(), Recorder())
        let (channel, peer) = try await loop.connect(to: listener)
        try await loop.submit { channel.readDirectly(recorder) }.get()
        let (timer, ends) = (loop.scheduleTask(in: .hours(1)) { log.append(-1) }, Log<Bool>())
        timer.futureResult.whenFailure { ends.append($0 as? EventLoopError == .shutdown) }
        loop.heldUp {
            for number in 0..<10_000 { loop.execute { log.append(number) } }
        }
        try await group.shutdownGracefully()
        #expect(log.values == Array(0..<10_000))
        #expect(recorder.log.values == [.closed])
        #expect(!channel.isActive)
        #expect(peer.read().isEmpty)
        peer.close()
        // The future of a timer that never comes fails.
        #expect(ends.values == [true])
    }
}
