import Metrics
import NIOCore

/// Asks the loops of a run once a second for what they measured, and waits for none that does not answer.
///
/// Lives on the control loop of the run.
final class RunCollection {
    private struct Round {
        var missing: Set<Int>
        let promise: EventLoopPromise<LoadRun.Progress>
        var timer: Scheduled<Void>?
    }

    private let eventLoop: any EventLoop
    private let workers: [NIOLoopBound<LoopWorker>]
    private let outsides: [LoopOutside]
    private var collector = Collector()
    private var answers: LoopAnswers
    private var startTime = NIODeadline.uptimeNanoseconds(0)
    private var rounds: [Int: Round] = [:]
    private var lastRound = 0
    private var left: [Int] = []
    private var isOver = false
    private let ended: EventLoopPromise<Void>

    /// How often the loops are asked what they measured.
    private static let interval = TimeAmount.seconds(1)
    /// How often it is looked whether the run is over.
    private static let lookInterval = TimeAmount.milliseconds(250)

    init(
        eventLoop: any EventLoop, workers: [NIOLoopBound<LoopWorker>], outsides: [LoopOutside],
        limits: LoopAnswers.Limits
    ) {
        self.eventLoop = eventLoop
        self.workers = workers
        self.outsides = outsides
        self.answers = LoopAnswers(loops: workers.count, limits: limits)
        self.ended = eventLoop.makePromise()
    }

    /// The run's time is over then, or earlier.
    func end(at time: NIODeadline, grace: Duration) { self.answers.end(at: time, grace: grace) }

    /// - Parameters:
    ///   - finished: of each loop.
    ///   - progress: called each second.
    /// - Returns: all that was measured, when the run is over.
    func run(
        since start: NIODeadline, finished: [EventLoopFuture<Void>],
        progress: @escaping @Sendable (LoadRun.Progress) -> Void
    ) -> EventLoopFuture<LoadRun.Progress> {
        self.startTime = start
        self.answers.start(at: start)
        for (index, future) in finished.enumerated() {
            future.hop(to: self.eventLoop).assumeIsolated().whenComplete { _ in
                self.answers.finished(index)
                self.look()
            }
        }
        let (eventLoop, bound) = (self.eventLoop, NIOLoopBound(self, eventLoop: self.eventLoop))
        let ticker = eventLoop.scheduleRepeatedAsyncTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            bound.value.collect().map(progress)
        }
        let looks = eventLoop.scheduleRepeatedTask(initialDelay: Self.lookInterval, delay: Self.lookInterval) { _ in
            bound.value.look()
        }
        return self.ended.futureResult.flatMap {
            looks.cancel()
            let stopped = eventLoop.makePromise(of: Void.self)
            ticker.cancel(promise: stopped)
            return stopped.futureResult.flatMapError { _ in eventLoop.makeSucceededVoidFuture() }
        }.flatMap { bound.value.collect(isLast: true) }
    }

    /// The loops that were given up.
    var leftLoops: [Int] { self.left }

    private func look() {
        if self.isOver { return }
        switch self.answers.verdict(at: .now()) {
        case .goesOn: return
        case .isOver: break
        case .endPrograms(let loops):
            let found = loops.map { self.outsides[$0].endPrograms() }
            if found.contains(true) { return }
            self.answers.foundNoPrograms()
            return self.look()
        case .leave(let loops): self.left = loops
        }
        self.isOver = true
        self.ended.succeed()
    }

    /// Measures now. The numbers of a loop that does not answer in time are counted when they arrive.
    func collect(isLast: Bool = false) -> EventLoopFuture<LoadRun.Progress> {
        self.lastRound += 1
        let (number, asked) = (self.lastRound, self.answers.askable)
        let promise = self.eventLoop.makePromise(of: LoadRun.Progress.self)
        self.rounds[number] = Round(missing: Set(asked), promise: promise)
        let (eventLoop, bound) = (self.eventLoop, NIOLoopBound(self, eventLoop: self.eventLoop))
        for index in asked {
            let worker = self.workers[index]
            worker.eventLoop.execute {
                let delta = worker.value.takeDelta()
                eventLoop.execute { bound.value.answered(index, number, delta) }
            }
        }
        if asked.isEmpty {
            self.close(number)
        } else {
            let limit = TimeAmount(isLast ? self.answers.limits.lastRound : self.answers.limits.round)
            self.rounds[number]?.timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { self.close(number) }
        }
        return promise.futureResult
    }

    private func answered(_ index: Int, _ number: Int, _ delta: MetricDelta) {
        self.collector.merge(delta)
        self.answers.answered(index, at: .now())
        guard self.rounds[number]?.missing.remove(index) != nil else { return }
        if self.rounds[number]?.missing.isEmpty == true { self.close(number) }
    }

    private func close(_ number: Int) {
        guard let round = self.rounds.removeValue(forKey: number) else { return }
        round.timer?.cancel()
        self.answers.roundEnded(missing: round.missing)
        let elapsed = Duration.nanoseconds((NIODeadline.now() - self.startTime).nanoseconds)
        self.collector.closeInterval(at: elapsed / .seconds(1))
        round.promise.succeed(
            LoadRun.Progress(collector: self.collector, elapsed: elapsed, leftBehind: self.leftBehind))
    }

    private var leftBehind: LeftBehind? {
        guard let first = self.left.map({ self.answers.lastAnswer(of: $0) }).min() else { return nil }
        return LeftBehind(
            loops: self.left.count, users: self.left.reduce(0) { $0 + self.outsides[$1].users },
            since: .nanoseconds((first - self.startTime).nanoseconds))
    }
}
