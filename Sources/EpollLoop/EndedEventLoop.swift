import Dispatch
import NIOCore

/// The loop of futures that an ``EpollEventLoop`` gives out once it has ended.
///
/// A future notifies its observers on its loop. One that has ended has no thread, and they would wait without end; so
/// these futures, which have all failed, belong to this loop, and only their observers run on it.
final class EndedEventLoop: EventLoop, @unchecked Sendable {
    static let shared = EndedEventLoop()

    private let queue = DispatchQueue(label: "eio-lua.ended-event-loop")
    private let key = DispatchSpecificKey<Bool>()

    private init() { self.queue.setSpecific(key: self.key, value: true) }

    var inEventLoop: Bool { DispatchQueue.getSpecific(key: self.key) == true }

    func execute(_ task: @escaping @Sendable () -> Void) { self.queue.async(execute: task) }

    func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        self.makeFailedFuture(EventLoopError.shutdown)
    }

    func scheduleTask<T>(deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.failedTask()
    }

    func scheduleTask<T>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.failedTask()
    }

    func failedTask<T>() -> Scheduled<T> {
        let promise = self.makePromise(of: T.self)
        promise.fail(EventLoopError.shutdown)
        return Scheduled(promise: promise) {}
    }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}
