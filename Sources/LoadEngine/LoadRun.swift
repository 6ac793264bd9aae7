import EpollLoop
import LoadPlan
import Metrics
import NIOCore
import Synchronization

/// Runs a plan over several event loops, from the start to the last measurement.
package final class LoadRun: Sendable {
    /// What a run tells while it goes on, once a second; on a thread of the run's.
    package struct Progress: Sendable {
        package let collector: Collector
        /// Since the start.
        package let elapsed: Duration

        /// ``elapsed`` in seconds.
        package var seconds: Double {
            Double(self.elapsed.components.seconds) + Double(self.elapsed.components.attoseconds) / 1e18
        }
    }

    private let settings: LoadSettings
    private let control: EpollEventLoopGroup
    private let group: EpollEventLoopGroup
    let workers: [NIOLoopBound<LoopWorker>]
    /// Ends the scripts that compute, on each loop.
    private let enders: [@Sendable (Double) -> Void]
    private let finished: [EventLoopFuture<Void>]
    /// Measures out of turn, while the run goes on.
    private let measuring = Mutex<(@Sendable () -> Void)?>(nil)

    /// How often the loops are asked what they measured.
    private static let interval = TimeAmount.seconds(1)

    /// - Parameters:
    ///   - registry: the metrics of the run.
    ///   - onAbort: a script called `abort`; on a loop of the run's.
    package init(
        _ settings: LoadSettings, registry: MetricRegistry, onAbort: @escaping @Sendable (String) -> Void
    ) throws {
        self.settings = settings
        self.control = try EpollEventLoopGroup(numberOfThreads: 1)
        self.group = try EpollEventLoopGroup(numberOfThreads: settings.threads)
        let shares = settings.plan.share.split(into: settings.threads)
        var workers: [NIOLoopBound<LoopWorker>] = []
        var enders: [@Sendable (Double) -> Void] = []
        var finished: [EventLoopFuture<Void>] = []
        for (number, eventLoop) in self.group.makeIterator().enumerated() {
            let promise = eventLoop.makePromise(of: Void.self)
            finished.append(promise.futureResult)
            let (worker, ender) = try eventLoop.submit {
                let shard = MetricShard(number: number, registry: registry)
                let worker = LoopWorker(
                    eventLoop: eventLoop, settings: settings, registry: registry, shard: shard,
                    share: shares[number], finished: promise, onAbort: onAbort)
                return (NIOLoopBound(worker, eventLoop: eventLoop), worker.ender)
            }.wait()
            workers.append(worker)
            enders.append(ender)
        }
        self.workers = workers
        self.enders = enders
        self.finished = finished
    }

    /// Ends the run as if its time were over. Safe on any thread.
    package func stop() {
        self.endScripts(after: self.settings.plan.longestGracefulStop)
        for worker in self.workers { worker.eventLoop.execute { worker.value.stop() } }
    }

    /// Measures now and not at the next full second, and tells `progress`. Safe on any thread.
    package func measure() { self.measuring.withLock { $0 }?() }

    /// Runs the plan; returns when it is over and all is measured.
    ///
    /// - Parameter progress: told each second.
    package func run(progress: @escaping @Sendable (Progress) -> Void) throws -> Progress {
        let start = NIODeadline.now()
        if self.settings.plan.direction == nil { self.endScripts(after: self.settings.plan.maxDuration) }
        let controlLoop = self.control.next()
        let collector = NIOLoopBoundBox.makeBoxSendingValue(Collector(), eventLoop: controlLoop)
        for worker in self.workers { worker.eventLoop.execute { worker.value.start(at: start) } }
        let ticker = controlLoop.scheduleRepeatedAsyncTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            self.collect(into: collector, since: start).map(progress)
        }
        self.measuring.withLock {
            $0 = { controlLoop.execute { _ = self.collect(into: collector, since: start).map(progress) } }
        }
        let end = EventLoopFuture.andAllComplete(self.finished, on: controlLoop).flatMap {
            let stopped = controlLoop.makePromise(of: Void.self)
            ticker.cancel(promise: stopped)
            return stopped.futureResult.flatMapError { _ in controlLoop.makeSucceededVoidFuture() }
        }.flatMap { self.collect(into: collector, since: start) }
        let last = try end.wait()
        self.measuring.withLock { $0 = nil }
        try self.group.syncShutdownGracefully()
        try self.control.syncShutdownGracefully()
        return last
    }

    /// A script that computes keeps its loop from learning that the time is over.
    private func endScripts(after time: Duration) {
        let seconds = time / .seconds(1)
        for ender in self.enders { ender(seconds) }
    }

    private func collect(
        into collector: NIOLoopBoundBox<Collector>, since start: NIODeadline
    ) -> EventLoopFuture<Progress> {
        let deltas = self.workers.map { worker in worker.eventLoop.submit { worker.value.takeDelta() } }
        return EventLoopFuture.whenAllSucceed(deltas, on: collector.eventLoop).map { deltas in
            for delta in deltas { collector.value.merge(delta) }
            let elapsed = NIODeadline.now() - start
            collector.value.closeInterval(at: Double(elapsed.nanoseconds) / 1e9)
            return Progress(collector: collector.value, elapsed: .nanoseconds(elapsed.nanoseconds))
        }
    }
}
