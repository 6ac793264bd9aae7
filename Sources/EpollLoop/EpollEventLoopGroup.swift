import Dispatch
import NIOCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Loops on threads of their own.
package final class EpollEventLoopGroup: EventLoopGroup, Sendable {
    private let loops: [EpollEventLoop]
    private let threads: [Thread]
    private let turns = Atomic<Int>(0)

    /// Loops for whoever brings none: one for each processor. They run as long as the process does.
    package static let singleton: any EventLoopGroup = {
        do {
            return try EpollEventLoopGroup(numberOfThreads: max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        } catch {
            preconditionFailure("cannot start event loops: \(error)")
        }
    }()

    /// - Throws: `IOError` where the system has no descriptors or threads left.
    package init(numberOfThreads: Int) throws {
        self.loops = try (0..<numberOfThreads).map { _ in try EpollEventLoop() }
        self.threads = try self.loops.map { loop in
            try Thread {
                loop.run()
            } onStart: {
                loop.adoptThread()
            }
        }
    }

    package func next() -> any EventLoop {
        self.loops[(self.turns.add(1, ordering: .relaxed).oldValue & .max) % self.loops.count]
    }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator(self.loops) }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        for loop in self.loops { loop.stop() }
        queue.async {
            for thread in self.threads { thread.join() }
            callback(nil)
        }
    }
}
