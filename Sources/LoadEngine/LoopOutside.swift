import Synchronization

/// The side of a loop that is accessible even if the loop does not answer. Safe on any thread.
final class LoopOutside: Sendable {
    private let count = Atomic<Int>(0)
    private let programEnder = Mutex<(@Sendable () -> Bool)?>(nil)

    /// How many users it has.
    var users: Int { self.count.load(ordering: .relaxed) }

    func addUsers(_ users: Int) { self.count.add(users, ordering: .relaxed) }

    func setProgramEnder(_ body: @escaping @Sendable () -> Bool) { self.programEnder.withLock { $0 = body } }

    /// Ends the programs that a script on this loop may wait for; returns whether there are any.
    func endPrograms() -> Bool { self.programEnder.withLock { $0 }?() ?? false }
}
