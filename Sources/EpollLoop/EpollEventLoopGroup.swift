import Dispatch
import Glibc
import NIOCore
import Synchronization

/// Loops on threads of their own.
package final class EpollEventLoopGroup: EventLoopGroup, Sendable {
    private let loops: [EpollEventLoop]
    private let threads: [Thread]
    private let turns = Atomic<Int>(0)

    private static let sharedGroup = Mutex<EpollEventLoopGroup?>(nil)

    /// Loops for those who bring none: one for each processor. They run as long as the process does.
    ///
    /// - Throws: `IOError` where the system has no descriptors or threads left; the next call tries again.
    package static func shared() throws -> EpollEventLoopGroup {
        try self.sharedGroup.withLock { group in
            if let group { return group }
            let new = try EpollEventLoopGroup(numberOfThreads: max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))))
            group = new
            return new
        }
    }

    /// - Throws: `IOError` where the system has no descriptors or threads left.
    package init(numberOfThreads: Int) throws {
        let loops = try (0..<numberOfThreads).map { _ in try EpollEventLoop() }
        var threads: [Thread] = []
        do {
            for loop in loops {
                threads.append(
                    try Thread {
                        loop.run()
                    } onStart: {
                        loop.adoptThread()
                    })
            }
        } catch {
            for (loop, thread) in zip(loops, threads) {
                loop.stop()
                thread.join()
            }
            throw error
        }
        (self.loops, self.threads) = (loops, threads)
    }

    package func next() -> any EventLoop {
        self.loops[(self.turns.add(1, ordering: .relaxed).oldValue & .max) % self.loops.count]
    }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator(self.loops) }

    /// Ends the loops but for these, by their number, whose threads may never come back; waits for the others.
    package func shutDown(leaving left: Set<Int>) {
        for (number, loop) in self.loops.enumerated() where !left.contains(number) { loop.stop() }
        for (number, thread) in self.threads.enumerated() where !left.contains(number) { thread.join() }
    }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        for loop in self.loops { loop.stop() }
        queue.async {
            for thread in self.threads { thread.join() }
            callback(nil)
        }
    }
}
