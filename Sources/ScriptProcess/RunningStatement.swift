import Synchronization

/// The statement of a prompt that runs, for the thread that receives signals.
final class RunningStatement: Sendable {
    private let value = Atomic<Int>(1)

    /// The number of the statement, of which the script's chunk is the first; 0 while a line is read, -1 after the end.
    var number: Int {
        get { self.value.load(ordering: .relaxed) }
        set { self.value.store(newValue, ordering: .relaxed) }
    }
}
