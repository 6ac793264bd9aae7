import EpollLoop
import LoadPlan
import Metrics
import NIOCore
import Synchronization

/// Runs a plan over several event loops, from the start to the last measurement.
package final class LoadRun: Sendable {
    /// The state of a run, once a second; on a thread of the run.
    package struct Progress: Sendable {
        package let collector: Collector
        /// Since the start.
        package let elapsed: Duration
        /// At the end, what did not come to it.
        package var leftBehind: LeftBehind?

        /// ``elapsed`` in seconds.
        package var seconds: Double {
            Double(self.elapsed.components.seconds) + Double(self.elapsed.components.attoseconds) / 1e18
        }
    }

    private let settings: LoadSettings
    let control: EpollEventLoopGroup
    private let group: EpollEventLoopGroup
    let workers: [NIOLoopBound<LoopWorker>]
    /// Ends the scripts that compute, on each loop.
    private let enders: [@Sendable (Double) -> Void]
    private let finished: [EventLoopFuture<Void>]
    private let collection: NIOLoopBound<RunCollection>
    /// Measures out of turn, while the run goes on.
    private let measuring = Mutex<(@Sendable () -> Void)?>(nil)

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
        var outsides: [LoopOutside] = []
        for (number, eventLoop) in self.group.makeIterator().enumerated() {
            let promise = eventLoop.makePromise(of: Void.self)
            finished.append(promise.futureResult)
            let outside = LoopOutside()
            outsides.append(outside)
            let (worker, ender) = try eventLoop.submit {
                let shard = MetricShard(number: number, registry: registry)
                let worker = LoopWorker(
                    eventLoop: eventLoop, settings: settings, registry: registry, shard: shard,
                    share: shares[number], outside: outside, finished: promise, onAbort: onAbort)
                return (NIOLoopBound(worker, eventLoop: eventLoop), worker.ender)
            }.wait()
            workers.append(worker)
            enders.append(ender)
        }
        self.workers = workers
        self.enders = enders
        self.finished = finished
        let (controlLoop, counts, limits) = (self.control.next(), outsides, settings.limits)
        self.collection = try controlLoop.submit { [workers] in
            let collection = RunCollection(
                eventLoop: controlLoop, workers: workers, outsides: counts, limits: limits)
            return NIOLoopBound(collection, eventLoop: controlLoop)
        }.wait()
    }

    /// Ends the run as if its time were over. Safe on any thread.
    package func stop() {
        let grace = self.settings.plan.longestGracefulStop
        self.endScripts(after: grace)
        let (collection, now) = (self.collection, NIODeadline.now())
        collection.eventLoop.execute { collection.value.end(at: now, grace: grace) }
        for worker in self.workers { worker.eventLoop.execute { worker.value.stop() } }
    }

    /// Measures now and not at the next full second, and calls `progress`. Safe on any thread.
    package func measure() { self.measuring.withLock { $0 }?() }

    /// Runs the plan; returns when it is over and all is measured. Loops that do not answer are left behind.
    ///
    /// - Parameter progress: called each second.
    package func run(progress: @escaping @Sendable (Progress) -> Void) throws -> Progress {
        let start = NIODeadline.now()
        let (plan, collection, finished) = (self.settings.plan, self.collection, self.finished)
        if plan.direction == nil { self.endScripts(after: plan.maxDuration) }
        for worker in self.workers { worker.eventLoop.execute { worker.value.start(at: start) } }
        self.measuring.withLock {
            $0 = { collection.eventLoop.execute { _ = collection.value.collect().map(progress) } }
        }
        let last = try collection.eventLoop.flatSubmit {
            if plan.direction == nil {
                let end = start + TimeAmount(plan.latestIteration)
                collection.value.end(at: end, grace: plan.maxDuration - plan.latestIteration)
            }
            return collection.value.run(since: start, finished: finished, progress: progress)
        }.wait()
        self.measuring.withLock { $0 = nil }
        try self.shutDown(leaving: try collection.eventLoop.submit { collection.value.leftLoops }.wait())
        return last
    }

    private func shutDown(leaving left: [Int]) throws {
        for (number, worker) in self.workers.enumerated() where !left.contains(number) {
            try worker.eventLoop.submit { worker.value.close() }.wait()
        }
        self.group.shutDown(leaving: Set(left))
        try self.control.syncShutdownGracefully()
        if left.isEmpty { return }
        LeftLoops.add(left.count)
        // Should such a thread come back, it finds what it left.
        _ = Unmanaged.passRetained(self)
    }

    /// A script that computes keeps its loop from learning that the time is over.
    private func endScripts(after time: Duration) {
        let seconds = time / .seconds(1)
        for ender in self.enders { ender(seconds) }
    }
}

extension LoadPlan {
    /// When the last iteration may begin, from the run's start.
    fileprivate var latestIteration: Duration {
        self.scenarios.map { $0.startTime + $0.executor.duration }.max() ?? .zero
    }
}
