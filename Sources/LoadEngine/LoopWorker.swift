import EngineIOClient
import LoadPlan
import Logging
import Metrics
import NIOCore
import Scripting

/// All that runs on one event loop of a load run.
final class LoopWorker {
    let loop: ClientLoop
    let luaLoop: LuaLoop
    let settings: LoadSettings
    private let shard: MetricShard
    private(set) var runners: [ScenarioRunner] = []
    /// Whether the run has started, and what is to be done as soon as it has.
    private var isStarted = false
    private var afterStart: [() -> Void] = []
    private var running = 0
    private let maxUsers: LevelHandle
    let outside: LoopOutside
    private var startedAt = NIODeadline.uptimeNanoseconds(0)
    private let finished: EventLoopPromise<Void>
    private let lag: LoggedTrend
    private let log: SampleLog?
    private var lagTimer: Scheduled<Void>?

    /// How often the loop's own delay is measured.
    private static let lagInterval = TimeAmount.milliseconds(100)

    /// Made on its loop.
    ///
    /// - Parameter finished: fulfilled when all scenarios are over on this loop.
    init(
        eventLoop: any EventLoop, settings: LoadSettings, registry: MetricRegistry, shard: MetricShard, share: Share,
        outside: LoopOutside, finished: EventLoopPromise<Void>, onAbort: @escaping @Sendable (String) -> Void
    ) {
        self.loop = ClientLoop(eventLoop: eventLoop)
        self.luaLoop = LuaLoop(maximumBlock: settings.script.maximumBlock, report: settings.script.onSlowSlice)
        self.outside = outside
        outside.setProgramEnder(self.luaLoop.programEnder)
        self.settings = settings
        self.shard = shard
        self.finished = finished
        self.maxUsers = shard.level(MetricID(.vusMax), shard.tags(TagSet()))
        self.maxUsers.add(Double(settings.plan.maxUsers(of: share)))
        let log = settings.samples.map(SampleLog.init)
        self.log = log
        let planTags = TagSet(settings.plan.tags.map { TagSet.Tag(key: $0, value: $1) })
        self.lag = LoggedTrend(.loopLag, shard.trend(MetricID(.loopLag), shard.tags(TagSet())), planTags, log)
        self.runners = settings.plan.scenarios.map { scenario in
            let own = settings.plan.tags.merging(scenario.tags) { $1 }
            let tags = TagSet(own.map { TagSet.Tag(key: $0, value: $1) }).setting("scenario", to: scenario.name)
            let meter = ScenarioMeter(shard: shard, tags: tags, log: log)
            let sink = UserSink(
                shard: shard, registry: registry, tags: tags, meter: meter, log: log, onAbort: onAbort)
            return ScenarioRunner(
                scenario, machine: settings.plan.machine(for: scenario, share: share), worker: self, meter: meter,
                sink: sink)
        }
        self.running = self.runners.count
    }

    /// Since the run's start, on the clock that all loops share.
    var elapsed: Duration { .nanoseconds((NIODeadline.now() - self.startedAt).nanoseconds) }

    /// - Parameter start: the run's start, the same on all loops.
    func start(at start: NIODeadline) {
        self.startedAt = start
        // A stop may have come first: a script on another loop aborts as soon as it runs.
        guard self.running > 0 else { return }
        self.watchLag()
        for runner in self.runners { runner.start() }
        self.isStarted = true
        for body in self.afterStart { body() }
        self.afterStart = []
    }

    func whenStarted(_ body: @escaping () -> Void) {
        if self.isStarted { body() } else { self.afterStart.append(body) }
    }

    /// Ends the scripts that compute so many seconds from now. Safe on any thread.
    var ender: @Sendable (Double) -> Void { self.luaLoop.ender }

    /// The run is over: no script is open on this loop any more.
    func close() {
        self.luaLoop.close()
        // They refer to this worker.
        self.runners = []
    }

    func stop() {
        for runner in self.runners { runner.stop() }
    }

    var hasRunningScenarios: Bool { self.running > 0 }

    func scenarioFinished() {
        self.running -= 1
        guard self.running == 0 else { return }
        self.lagTimer?.cancel()
        self.finished.succeed()
    }

    /// The measurements since the last call.
    func takeDelta() -> MetricDelta {
        for runner in self.runners { runner.meter.flush() }
        self.log?.flush()
        return self.shard.takeDelta()
    }

    private func watchLag() {
        let due = NIODeadline.now() + Self.lagInterval
        self.lagTimer = self.loop.eventLoop.assumeIsolated().scheduleTask(deadline: due) {
            self.lag.record(nanoseconds: max((NIODeadline.now() - due).nanoseconds, 0))
            self.watchLag()
        }
    }
}
