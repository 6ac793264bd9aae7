import Dispatch
import NIOCore
import Synchronization

/// Waits on a thread for what an event loop is to give, until a time limit.
final class PatientWait<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var deadline: DispatchTime?
    }

    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    /// - Parameter limit: nil waits without a limit, unless ``shorten(to:)`` is called.
    init(for future: EventLoopFuture<Value>, limit: Duration?) {
        if let limit { self.shorten(to: limit) }
        future.whenComplete { result in
            self.state.withLock { $0.result = result }
            self.changed.signal()
        }
    }

    /// Waits no longer than this, from now on. An earlier end holds.
    func shorten(to limit: Duration) {
        let deadline = DispatchTime.now() + .milliseconds(Int(limit / .milliseconds(1)))
        self.state.withLock { $0.deadline = min($0.deadline ?? deadline, deadline) }
        self.changed.signal()
    }

    /// Waits for so long once more.
    func extend(by time: Duration) {
        self.state.withLock { $0.deadline = .now() + .milliseconds(Int(time / .milliseconds(1))) }
    }

    /// - Returns: nil where the time is over.
    func wait() throws -> Value? {
        while true {
            let (result, deadline) = self.state.withLock { ($0.result, $0.deadline) }
            if let result { return try result.get() }
            guard let deadline else {
                self.changed.wait()
                continue
            }
            if deadline <= .now() { return nil }
            _ = self.changed.wait(timeout: deadline)
        }
    }
}
