import LoadEngine
import LoadPlan
import LoadReport
import Locust
import Metrics
import NIOPosix
import ProcessSupport
import ScriptProcess
import Scripting
import Synchronization

/// One test, from the master's first order to its stop: every script runs on event loops of its own.
final class WorkerTest: Sendable {
    private struct State {
        var target: UserCounts = [:]
        /// On the clock of the wall, in seconds.
        var stages = SpawnStages()
        var runs: [Int: LoadRun] = [:]
        var results: [RunResult] = []
        var isEnding = false
        /// Scripts that have not ended.
        var missing: Int
    }

    private let settings: WorkerSettings
    private let order: SpawnOrder
    private let index: Int
    private let mailbox: Mailbox
    private let seed: UInt64
    private let state: Mutex<State>

    /// The master sends new users once a second: they start over most of it, and are reported before the next order.
    private static let span = Duration.milliseconds(800)
    /// Users' identifiers of one worker; more users than that have no machine.
    private static let identifiers = 1_000_000

    /// - Parameter index: the worker's number among the master's.
    init(_ settings: WorkerSettings, order: SpawnOrder, index: Int, mailbox: Mailbox) {
        self.settings = settings
        self.order = order
        self.index = index
        self.mailbox = mailbox
        self.seed = settings.seed ?? UInt64.random(in: 1...(.max))
        self.state = Mutex(State(missing: settings.scripts.count))
    }

    /// - Parameter pool: with a thread for each script.
    func start(on pool: NIOThreadPool) {
        self.mailbox.post(.logged("a test begins, seed \(self.seed)"))
        for number in self.settings.scripts.indices { pool.submit { _ in self.run(number) } }
    }

    func direct(_ users: UserCounts) {
        let runs = self.state.withLock { state in
            state.target = users
            state.stages.ordered(at: WallClock.now())
            return state.runs
        }
        for (number, run) in runs { self.direct(run, number, users) }
    }

    /// - Returns: how many scripts are measured.
    func measure() -> Int {
        let runs = self.state.withLock { $0.runs }
        for run in runs.values { run.measure() }
        return runs.count
    }

    func end() {
        let runs = self.state.withLock { state in
            state.isEnding = true
            return state.runs
        }
        for run in runs.values { run.stop() }
    }

    private func direct(_ run: LoadRun, _ number: Int, _ users: UserCounts) {
        let classes = self.settings.scripts[number].classes
        run.direct(classes.map { users[$0] ?? 0 }, within: Self.span) { [mailbox] counts in
            mailbox.post(.usersStarted(UserCounts(uniqueKeysWithValues: zip(classes, counts))))
        }
    }

    // MARK: On a thread of the pool

    private func run(_ number: Int) {
        let script = self.settings.scripts[number]
        do {
            try self.run(script, number)
        } catch ScriptProblem.aborted(let message) {
            self.mailbox.post(.leave(.aborted(message)))
        } catch {
            self.mailbox.post(.failed("\(script.path): \(error)"))
        }
        let results = self.state.withLock { state -> [RunResult]? in
            state.runs[number] = nil
            state.missing -= 1
            return state.missing == 0 ? state.results : nil
        }
        guard let results else { return }
        self.showSummary(results)
        self.mailbox.post(.testEnded)
    }

    private func run(_ script: WorkerScript, _ number: Int) throws {
        var settings = self.prepare(script, number)
        let lifecycle = ScriptLifecycle(settings.script, plan: settings.plan, functions: script.contents.functions)
        settings.setupData = try lifecycle.setUp()
        let registry = MetricRegistry()
        for metric in script.contents.metrics { try registry.declare(metric) }
        let (mailbox, countsPushes) = (self.mailbox, self.settings.countsPushes)
        let run = try LoadRun(settings, registry: registry) { message in mailbox.post(.leave(.aborted(message))) }
        let (target, isEnding) = self.state.withLock { state in
            state.runs[number] = run
            return (state.target, state.isEnding)
        }
        self.direct(run, number, target)
        if isEnding { run.stop() }
        let start = WallClock.now()
        let report: @Sendable (LoadRun.Progress) -> Void = { progress in
            let requests = LocustRequests(progress.collector.metrics, countsPushes: countsPushes)
            mailbox.post(.measured(script: number, requests, progress.collector.errors))
        }
        let last = try run.run(progress: report)
        report(last)
        if let left = last.leftBehind { mailbox.post(.failed("\(script.path): \(left.text)")) }
        let result = RunResult(run: self.description(script, start: start, last), collector: last.collector)
        self.state.withLock { state in
            state.runs[number] = nil
            state.results.append(result)
        }
        try lifecycle.tearDown(settings.setupData)
    }

    /// The settings of the script's users, before its `setup`.
    private func prepare(_ script: WorkerScript, _ number: Int) -> LoadSettings {
        let share = Self.identifiers / self.settings.scripts.count
        let graceful = self.order.stopTimeout > 0 ? Duration.seconds(self.order.stopTimeout) : nil
        let direction = Direction(
            firstUserID: 1 + self.index * Self.identifiers + number * share, graceful: graceful)
        var scriptSettings = script.settings
        if self.settings.url == nil { scriptSettings.options.defaultURL = self.order.host }
        var settings = LoadSettings(
            script: scriptSettings, plan: script.plan.directed(direction), threads: self.settings.threads,
            seed: self.seed)
        settings.network = self.settings.network
        return settings
    }

    private func description(_ script: WorkerScript, start: Double, _ last: LoadRun.Progress) -> RunDescription {
        let stages = self.state.withLock { $0.stages }
        let ends = stages.ends(until: start + last.seconds).map { $0 - start }.filter { $0 > 0 }
        var description = RunDescription(
            name: script.path, script: script.path, commandLine: self.settings.commandLine,
            version: WorkerSettings.version, start: start, seconds: last.seconds, seed: self.seed,
            scenarios: script.plan.scenarios.map {
                RunDescription.Scenario(
                    name: $0.name, executor: "directed", plan: "as the Locust master says", stageEnds: ends)
            },
            exitReason: "finished")
        description.server = RunDescription.server(of: script.settings.options)
        // The master's page names the server of scripts that do not name one.
        if description.server.isEmpty, let host = self.order.host {
            description.server = RunDescription.server(of: [host])
        }
        return description
    }

    private func showSummary(_ results: [RunResult]) {
        guard var result = results.first else { return }
        do {
            for other in results.dropFirst() { try result.merge(other) }
            // They are of one process.
            result.run.processes = 1
            result.judge()
            if let finding = result.finding {
                self.mailbox.post(finding.isFailure ? .measuredNothing(finding.text) : .logged(finding.text))
            }
            try self.settings.summary.show(result)
        } catch {
            self.mailbox.post(.failed("\(error)"))
        }
    }
}
