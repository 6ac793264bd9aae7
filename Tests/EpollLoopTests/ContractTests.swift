import Dispatch
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import EpollLoop

/// A loop that keeps SwiftNIO's contract: ours, and SwiftNIO's own.
enum LoopKind: CaseIterable {
    case epoll, nio

    /// A group of one loop for one test.
    func withLoop(_ body: (any EventLoop) async throws -> Void) async throws {
        let group: any EventLoopGroup =
            switch self {
            case .epoll: try EpollEventLoopGroup(numberOfThreads: 1)
            case .nio: MultiThreadedEventLoopGroup(numberOfThreads: 1)
            }
        do {
            try await body(group.next())
            try await group.shutdownGracefully()
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }
}

/// Logs the end of a callback.
struct Handler: NIOScheduledCallbackHandler, Sendable {
    let body: @Sendable () -> Void
    var onCancel: @Sendable () -> Void = {}

    func handleScheduledCallback(eventLoop: some EventLoop) { self.body() }
    func didCancelScheduledCallback(eventLoop: some EventLoop) { self.onCancel() }
}

extension Handler {
    init(_ log: Log<String>) {
        self.init(body: { log.append("called") }, onCancel: { log.append("cancelled") })
    }
}

/// SwiftNIO's contract for event loops.
@Suite(.timeLimit(.minutes(5))) struct ContractTests {
    @Test(arguments: LoopKind.allCases) func resultsAndErrorsOfSubmittedTasks(_ kind: LoopKind) async throws {
        try await kind.withLoop { loop in
            #expect(!loop.inEventLoop)
            #expect(try await loop.submit { loop.inEventLoop }.get())
            await #expect(throws: ChannelError.eof) { try await loop.submit { throw ChannelError.eof }.get() }
            let inner = try await loop.submit { loop.submit { 7 } }.get()
            #expect(try await inner.get() == 7)
        }
    }

    @Test(arguments: LoopKind.allCases) func cancelledCallbackIsNotifiedOnce(_ kind: LoopKind) async throws {
        try await kind.withLoop { loop in
            let log = Log<String>()
            let callback = try loop.scheduleCallback(in: .hours(1), handler: Handler(log))
            callback.cancel()
            callback.cancel()
            try await loop.submit {}.get()
            #expect(log.values == ["cancelled"])
            // On the loop, too.
            try await loop.submit { try loop.scheduleCallback(in: .hours(1), handler: Handler(log)).cancel() }.get()
            try await loop.submit {}.get()
            #expect(log.values == ["cancelled", "cancelled"])
        }
    }

    @Test(arguments: LoopKind.allCases) func cancelAfterTheCallDoesNothing(_ kind: LoopKind) async throws {
        try await kind.withLoop { loop in
            let log = Log<String>()
            let callback = try loop.scheduleCallback(in: .zero, handler: Handler(log))
            try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
            callback.cancel()
            try await loop.submit {}.get()
            #expect(log.values == ["called"])
        }
    }

    @Test(arguments: LoopKind.allCases) func endOfTheLoopCancelsItsTimers(_ kind: LoopKind) async throws {
        let log = Log<String>()
        try await kind.withLoop { loop in
            _ = try loop.scheduleCallback(in: .hours(1), handler: Handler(log))
            loop.scheduleTask(in: .hours(1)) {}.futureResult.whenFailure { error in
                log.append(error as? EventLoopError == .shutdown ? "failed" : "\(error)")
            }
        }
        #expect(log.values.sorted() == ["cancelled", "failed"])
    }

    @Test(arguments: LoopKind.allCases) func timersInThePastStarveNeitherTasksNorTimers(_ kind: LoopKind) async throws {
        try await kind.withLoop { loop in
            let isOver = Box<Bool>()
            loop.execute { Self.addTimers(on: loop, until: isOver) }
            try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
            try await loop.submit { isOver.value = true }.get()
        }
    }

    /// SwiftNIO's own loop reads no socket while timers are due.
    @Test func timersInThePastDoNotStarveSockets() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (loop, recorder, isOver) = (try group.loop, Recorder(), Box<Bool>())
            let (channel, peer) = try await loop.connect(to: listener)
            try await loop.submit {
                channel.readDirectly(recorder)
                Self.addTimers(on: loop, until: isOver)
            }.get()
            peer.write("x")
            await recorder.wait(for: .read("x"))
            try await loop.submit { isOver.value = true }.get()
            peer.close()
        }
    }

    private static func addTimers(on loop: any EventLoop, until isOver: Box<Bool>) {
        if isOver.value != nil { return }
        loop.scheduleTask(deadline: .uptimeNanoseconds(0)) { Self.addTimers(on: loop, until: isOver) }
    }

    /// SwiftNIO's own loop drops such a promise, which ends the process in debug builds.
    @Test func endedLoopFailsAtOnce() async throws {
        let group = try EpollEventLoopGroup(numberOfThreads: 1)
        let (loop, log) = (try group.loop, Log<String>())
        try await group.shutdownGracefully()
        #expect(!loop.inEventLoop)
        loop.execute { log.append("executed") }
        await #expect(throws: EventLoopError.shutdown) { try await loop.submit { log.append("submitted") }.get() }
        await #expect(throws: EventLoopError.shutdown) {
            try await loop.scheduleTask(in: .zero) { log.append("scheduled") }.futureResult.get()
        }
        #expect(throws: EventLoopError.shutdown) { try loop.scheduleCallback(in: .zero, handler: Handler(log)) }
        // From a blocking thread, and from the future's own observers.
        #expect(throws: EventLoopError.shutdown) { try loop.submit {}.map {}.wait() }
        #expect(log.values.isEmpty)
    }

    @Test func taskSubmittedWhileTheLoopEndsRunsOrFails() async throws {
        for _ in 0..<50 {
            let group = try EpollEventLoopGroup(numberOfThreads: 1)
            let (loop, accepted, executed) = (try group.loop, Log<Int>(), Log<Int>())
            async let isOver: Void = group.shutdownGracefully()
            DispatchQueue.concurrentPerform(iterations: 4) { thread in
                for number in thread * 100..<(thread + 1) * 100 {
                    // A future that has failed belongs to no loop of the group.
                    if loop.submit({ executed.append(number) }).eventLoop === loop { accepted.append(number) }
                }
            }
            try await isOver
            #expect(accepted.values.sorted() == executed.values.sorted())
        }
    }
}
