/// How a wait on the loop ends early because the task that waits is cancelled. Used on the loop only.
struct TaskCancellation {
    private(set) var isCancelled = false
    private var end: (() -> Void)?

    /// The wait begins, and `end` ends it.
    mutating func waits(_ end: @escaping () -> Void) { self.end = end }

    /// The task is cancelled, perhaps before its wait has begun.
    ///
    /// - Returns: ends the wait.
    mutating func cancel() -> (() -> Void)? {
        self.isCancelled = true
        return self.end.take()
    }
}
