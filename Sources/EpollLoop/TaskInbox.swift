import Synchronization

/// The tasks that other threads have for a loop.
final class TaskInbox: Sendable {
    /// Tasks that their thread gives up as it hands them over.
    struct TaskList: @unchecked Sendable {
        var tasks: [() -> Void] = []

        init(_ tasks: [() -> Void] = []) { self.tasks = tasks }
    }

    /// The answer to a thread that has a task.
    enum Acceptance {
        case accepted
        /// Accepted by a loop that has to be woken.
        case wake
        /// The loop has ended: nothing is run any more.
        case refused
    }

    private struct State {
        var list = TaskList()
        /// The loop does not sleep, or was woken.
        var isAwake = true
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ task: @escaping () -> Void) -> Acceptance {
        self.add { (TaskList([task]), ()) }.acceptance
    }

    /// - Parameter make: called only if the task is accepted. Returns it, and a result for the caller.
    func add<Result: Sendable>(_ make: () -> (TaskList, Result)) -> (acceptance: Acceptance, result: Result?) {
        self.state.withLock { state in
            if state.isClosed { return (.refused, nil) }
            let (list, result) = make()
            state.list.tasks += list.tasks
            defer { state.isAwake = true }
            return (state.isAwake ? .accepted : .wake, result)
        }
    }

    /// Takes all out.
    func take() -> [() -> Void] {
        self.state.withLock { state in
            state.isAwake = true
            let list = state.list
            if !list.tasks.isEmpty { state.list = TaskList() }
            return list
        }.tasks
    }

    /// Called by a loop that is about to sleep.
    ///
    /// - Returns: false if there is something in it.
    func fallAsleep() -> Bool {
        self.state.withLock {
            $0.isAwake = !$0.list.tasks.isEmpty
            return !$0.isAwake
        }
    }

    /// Refuses everything from now on.
    ///
    /// - Returns: false if there is something in it; it stays open then.
    func close() -> Bool {
        self.state.withLock { state in
            state.isClosed = state.list.tasks.isEmpty
            return state.isClosed
        }
    }
}
