import Synchronization

/// Ends one call of a script's function from outside. Safe on any thread.
package final class ScriptStop: Sendable {
    private struct State {
        var isStopped = false
        var end: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    var isStopped: Bool { self.state.withLock { $0.isStopped } }

    package func stop() {
        self.state.withLock { state in
            state.isStopped = true
            state.end?()
        }
    }

    /// - Parameter end: must not wait; called at once where it has been stopped already, and never after ``detach()``.
    func attach(_ end: @escaping @Sendable () -> Void) {
        self.state.withLock { state in
            state.end = end
            if state.isStopped { end() }
        }
    }

    func detach() { self.state.withLock { $0.end = nil } }
}
