import NIOCore
import Synchronization

/// SwiftNIO's contract for tasks and timers.
///
/// A loop that has ended runs nothing: a task for it is dropped, since what it would use belonged to the loop's thread,
/// and the caller that asks for a future or a callback gets `EventLoopError.shutdown` at once.
extension EpollEventLoop {
    package func execute(_ task: @escaping @Sendable () -> Void) {
        if self.inEventLoop { self.tasks.append(task) } else { self.handOver(task) }
    }

    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) { self.tasks.append(task) }

    package func submit<T>(_ task: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        if self.inEventLoop { return self._submitIsolatedUnsafeUnchecked(task) }
        let future = self.handOver { () -> (TaskInbox.TaskList, EventLoopFuture<T>) in
            let promise = self.makePromise(of: T.self)
            let list = TaskInbox.TaskList([{ promise.assumeIsolated().completeWith(Result { try task() }) }])
            return (list, promise.futureResult)
        }
        return future ?? EndedEventLoop.shared.submit(task)
    }

    package func _submitIsolatedUnsafeUnchecked<T>(_ task: @escaping () throws -> T) -> EventLoopFuture<T> {
        let promise = self.makePromise(of: T.self)
        self.tasks.append { promise.assumeIsolated().completeWith(Result { try task() }) }
        return promise.futureResult
    }

    /// Adds a task for which the sockets do not wait: they, the timers and the other tasks come first. On the loop's
    /// thread only.
    package func executeInNextTurn(_ task: @escaping () -> Void) { self.later.append(task) }

    // MARK: Timers

    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> {
        self.schedule(deadline, task)
    }

    package func scheduleTask<T>(in time: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        self.schedule(.now() + time, task)
    }

    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        deadline: NIODeadline, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        self.schedule(deadline, task)
    }

    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        in time: TimeAmount, _ task: @escaping () throws -> T
    ) -> Scheduled<T> {
        self.schedule(.now() + time, task)
    }

    private func schedule<T>(_ deadline: NIODeadline, _ task: @escaping () throws -> T) -> Scheduled<T> {
        let scheduled = self.addTimer(deadline) { (id) -> (Scheduled<T>, TimerQueue.Body) in
            let promise = self.makePromise(of: T.self)
            let body: TimerQueue.Body = { outcome in
                switch outcome {
                case .due: promise.assumeIsolated().completeWith(Result { try task() })
                case .cancelled: break  // `Scheduled` has failed the promise.
                case .loopEnded: promise.fail(EventLoopError.shutdown)
                }
            }
            return (Scheduled(promise: promise) { self.cancelTimer(id) }, body)
        }
        return scheduled ?? EndedEventLoop.shared.failedTask()
    }

    /// - Throws: `EventLoopError.shutdown` if the loop has ended.
    package func scheduleCallback(
        at deadline: NIODeadline, handler: some (NIOScheduledCallbackHandler & Sendable)
    ) throws -> NIOScheduledCallback {
        let callback = self.addTimer(deadline) { id in
            let body: TimerQueue.Body = { outcome in
                switch outcome {
                case .due: handler.handleScheduledCallback(eventLoop: self)
                case .cancelled, .loopEnded: handler.didCancelScheduledCallback(eventLoop: self)
                }
            }
            return (NIOScheduledCallback(self, id: id), body)
        }
        guard let callback else { throw EventLoopError.shutdown }
        return callback
    }

    package func cancelScheduledCallback(_ scheduledCallback: NIOScheduledCallback) {
        guard let id = scheduledCallback.customCallbackID else { return }
        self.cancelTimer(id)
    }

    /// - Parameter make: called only if the loop accepts the timer: returns a handle for the caller, and the timer.
    private func addTimer<Handle: Sendable>(
        _ deadline: NIODeadline, _ make: (UInt64) -> (Handle, TimerQueue.Body)
    ) -> Handle? {
        let id = self.ids.add(1, ordering: .relaxed).newValue
        if self.inEventLoop {
            let (handle, body) = make(id)
            self.add(id, deadline, body)
            return handle
        }
        return self.handOver {
            let (handle, body) = make(id)
            return (TaskInbox.TaskList([{ self.add(id, deadline, body) }]), handle)
        }
    }

    private func add(_ id: UInt64, _ deadline: NIODeadline, _ body: @escaping TimerQueue.Body) {
        // A loop that ends waits for no timer. Its observers come to know when the caller is ready for them.
        if self.isStopping { self.tasks.append { body(.loopEnded) } } else { self.timers.add(id, at: deadline, body) }
    }

    private func cancelTimer(_ id: UInt64) {
        if self.inEventLoop, let body = self.timers.cancel(id) { return body(.cancelled) }
        // It may be on its way from another thread.
        self.handOver { self.timers.cancel(id)?(.cancelled) }
    }

    // MARK: Other threads

    /// Adds a task after those of all threads.
    private func handOver(_ task: @escaping () -> Void) {
        if case .wake = self.inbox.add(task) { self.poller.wake() }
    }

    /// - Parameter make: called only if the loop has not ended.
    private func handOver<Result: Sendable>(_ make: () -> (TaskInbox.TaskList, Result)) -> Result? {
        let (acceptance, result) = self.inbox.add(make)
        if case .wake = acceptance { self.poller.wake() }
        return result
    }
}
