import Dispatch

/// Runs the tasks of a test beside the concurrency pool, for tests whose other side has a clock: the pool may be busy
/// with other tests for many seconds.
package final class TaskQueue: TaskExecutor {
    private let queue = DispatchQueue(label: "test")

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
