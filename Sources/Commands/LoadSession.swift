import EngineIOClient
import Glibc
import JSONText
import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import Scripting
import Synchronization

/// What a run shows and writes.
struct LoadOutputs {
    var isQuiet: Bool
    var hasColor: Bool
    var summaryExport: String?
    var report: String?
    /// What is written while the run goes on.
    var live: OutputOptions
    /// All files that the command line names.
    var paths: OutputPaths
    /// As a report may show it.
    var commandLine: String

    var person: PersonOutput { PersonOutput(besides: [self.summaryExport, self.report]) }
}

/// One load run as a person sees it: the plan before, a line while it goes on, the summary at the end.
final class LoadSession {
    private var settings: LoadSettings
    private let contents: ScriptContents
    private let outputs: LoadOutputs
    private let registry: MetricRegistry
    private let thresholds: LoadThresholds
    private let live: RunOutputs

    /// - Throws: `OptionErrors` for a threshold that cannot be, `UsageError` for an output.
    init(_ settings: LoadSettings, contents: ScriptContents, outputs: LoadOutputs) throws {
        self.settings = settings
        self.contents = contents
        self.outputs = outputs
        let plan = settings.plan
        self.thresholds = LoadThresholds(plan)
        self.registry = try self.thresholds.makeRegistry(declaring: contents.metrics)
        self.live = try RunOutputs(outputs.live, plan: plan, registry: self.registry)
        if self.live.wantsSamples { self.settings.samples = self.live }
    }

    /// - Parameter startTime: Unix seconds of the users' start; nil for at once.
    func run(at startTime: Double? = nil) throws -> LoadStatus {
        let wait = StartWait()
        let ending = Ending(wait)
        let plan = self.settings.plan
        let reader = ScriptReader(self.settings.script)
        self.showPlan()
        let preflight = Preflight.ofThisProcess(threads: self.settings.threads)
        for warning in preflight.warnings(users: plan.maxUsers) { Self.warn(warning) }
        // What stops the run interrupts the slices that compute, too.
        Signals.install(interrupter: { _ in }, secondStatus: { _ in LoadStatus.stoppedFromOutside.rawValue }) { _ in
            FileDescriptorOutput.standardError.say(
                "eio-lua: stopping: running iterations have their gracefulStop, then users disconnect, within 5 s; once more ends at once"
            )
            ending.end(.stoppedFromOutside, "stopped by a signal")
        }
        if self.settings.plan.shape == .scenario, self.contents.hasSetup, !plan.noSetup {
            self.settings.setupData = try ending.whileCalling { stop in
                try reader.call("setup", argument: "", timeout: plan.setupTimeout, stop: stop)
            }
        }
        let run = try LoadRun(self.settings, registry: self.registry) { message in ending.end(.aborted, message) }
        ending.attach(run)
        if let startTime { wait.wait(until: startTime) }
        let start = WallClock.now()
        let (thresholds, outputs, registry) = (self.thresholds, self.live, self.registry)
        let live = LiveProgress(plan, self.outputs)
        let bottleneck = Bottleneck(threads: self.settings.threads)
        let result = Result {
            try run.run { progress in
                outputs.show(progress)
                Self.tellWarnings(registry)
                if let finding = bottleneck.look(progress) { Self.warn(finding) }
                if let threshold = thresholds.aborting(progress) {
                    ending.end(.thresholdsFailed, "the threshold \(threshold) failed")
                }
                live.show(progress, isStopped: ending.state.0 != .success)
            }
        }
        live.close()
        let last = try result.get()
        ending.detach()
        outputs.show(last)
        if self.settings.plan.shape == .scenario, self.contents.hasTeardown, !plan.noTeardown {
            let data = self.settings.setupData
            do {
                _ = try ending.whileCalling { stop in
                    try reader.call("teardown", argument: data, timeout: plan.teardownTimeout, stop: stop)
                }
            } catch ScriptProblem.failed(let text) {
                // What was measured is not lost for it.
                ending.end(.scriptFailed, "teardown: \(text)")
            } catch ScriptProblem.timedOut(let text) {
                ending.end(.teardownTimedOut, "\(text) (options.teardownTimeout)")
            } catch ScriptProblem.aborted(let text) {
                ending.end(.aborted, text)
            }
        }
        return try self.finish(last, start: start, ending, warning: bottleneck.finding)
    }

    private static func warn(_ text: String) { FileDescriptorOutput.standardError.say("warning: \(text)") }

    private func showPlan() {
        for warning in self.settings.plan.warnings { Self.warn(warning) }
        if self.outputs.isQuiet { return }
        self.show(
            """

                 execution: local
                    script: \(self.scriptName)
                      seed: \(self.settings.runSeed)

            \(self.settings.plan)

            """)
        for note in self.settings.plan.notes { self.show("note: \(note)") }
    }

    private func finish(_ last: LoadRun.Progress, start: Double, _ ending: Ending, warning: String?) throws
        -> LoadStatus
    {
        Self.tellWarnings(self.registry)
        let areOutputsWritten = self.live.close()
        var (status, reason) = ending.state
        let withLeft = { (reason: String) in last.leftBehind.map { "\(reason); \($0.text)" } ?? reason }
        var description = self.description(start, last)
        description.thresholds = self.thresholds.described(last, self.registry)
        description.exitReason = reason
        description.exitCode = Int(status.rawValue)
        var result = RunResult(run: description, collector: last.collector)
        result.judge()
        if status == .success, result.run.exitCode != 0 {
            (status, reason) = (.thresholdsFailed, result.run.exitReason)
        }
        if status == .success, !areOutputsWritten { (status, reason) = Self.unwritten }
        (result.run.exitReason, result.run.exitCode) = (withLeft(reason), Int(status.rawValue))
        let shown = self.summary(ending).show(result)
        // A signal may have come meanwhile.
        if status == .success { (status, reason) = ending.state }
        switch shown {
        case .shown: break
        case .scriptFailed:
            if status == .success || status == .thresholdsFailed {
                (status, reason) = (.scriptFailed, "handleSummary failed")
            }
        case .outputFailed: if status == .success { (status, reason) = Self.unwritten }
        }
        (result.run.exitReason, result.run.exitCode) = (withLeft(reason), Int(status.rawValue))
        if let warning { self.show("warning: \(warning)\n") }
        if let left = last.leftBehind { self.show("warning: \(left.text)\n") }
        if !self.outputs.isQuiet {
            self.show(LiveView(last.collector, plan: self.settings.plan, seconds: last.seconds).progressLine)
        }
        if status != .success { FileDescriptorOutput.standardError.say("eio-lua: \(reason)") }
        var areWritten = true
        if let path = self.outputs.summaryExport {
            let statistics = self.settings.plan.summaryTrendStats
            areWritten = TextFile.save(result.export(trendStatistics: statistics), to: path)
        }
        if let path = self.outputs.report, !TextFile.save(HTMLReport(result).text, to: path) { areWritten = false }
        if (self.settings.script.options.clients.trace?.tracer as? TraceOutput)?.hasFailed == true {
            areWritten = false
        }
        return status == .success && !areWritten ? .outputFailed : status
    }

    /// What cannot be shown now is found by the summary.
    private func show(_ text: String) { try? self.outputs.person.show(VisibleText.lines(text)) }

    private static func tellWarnings(_ registry: MetricRegistry) {
        for warning in registry.takeWarnings() { Self.warn(warning) }
    }

    private func summary(_ ending: Ending) -> RunSummary {
        let hasHandler = self.settings.plan.shape == .scenario && self.contents.hasHandleSummary
        return RunSummary(
            trendStatistics: self.settings.plan.summaryTrendStats, timeUnit: self.settings.plan.summaryTimeUnit,
            hasColor: self.outputs.hasColor && self.outputs.person.isTerminal, person: self.outputs.person,
            paths: self.outputs.paths, setupData: self.settings.setupData,
            reader: hasHandler ? ScriptReader(self.settings.script) : nil,
            calling: { body in try ending.whileCalling(body) })
    }

    private static let unwritten = (LoadStatus.outputFailed, "an output could not be written")

    private var scriptName: String {
        let options = self.settings.script.options
        return options.scriptIndex.map { String(decoding: options.arguments[$0], as: UTF8.self) } ?? ""
    }

    private func description(_ start: Double, _ last: LoadRun.Progress) -> RunDescription {
        RunDescription(
            name: self.scriptName, script: self.scriptName, commandLine: self.outputs.commandLine,
            version: Version.number, start: start, seconds: last.seconds,
            seed: self.settings.runSeed,
            scenarios: self.settings.plan.scenarios.map {
                RunDescription.Scenario(
                    name: $0.name, executor: $0.executor.kind.rawValue,
                    plan: $0.description(share: self.settings.plan.share, fraction: 1))
            })
    }
}

/// Why a run ends before its plan does: the first cause counts.
private final class Ending: Sendable {
    private struct State {
        var status = LoadStatus.success
        var reason = "finished"
        var run: LoadRun?
        /// Of `setup` or `teardown` while it runs.
        var call: ScriptStop?
    }

    private let current = Mutex(State())
    private let wait: StartWait

    init(_ wait: StartWait) {
        self.wait = wait
    }

    var state: (LoadStatus, String) { self.current.withLock { ($0.status, $0.reason) } }

    /// A run that is to end before it has begun begins with its end.
    func attach(_ run: LoadRun) {
        let isEnded = self.current.withLock { state in
            state.run = run
            return state.status != .success
        }
        if isEnded { run.stop() }
    }

    /// Calls a function of the script, which the end stops.
    ///
    /// - Returns: what `body` does; empty where it was stopped.
    func whileCalling(_ body: (ScriptStop) throws -> String) throws -> String {
        let stop = ScriptStop()
        self.current.withLock { $0.call = stop }
        defer { self.current.withLock { $0.call = nil } }
        do {
            return try body(stop)
        } catch ScriptProblem.stopped {
            return ""
        }
    }

    /// The run is over: nothing is left to stop.
    func detach() { self.current.withLock { $0.run = nil } }

    func end(_ status: LoadStatus, _ reason: String) {
        let (run, call) = self.current.withLock { state -> (LoadRun?, ScriptStop?) in
            guard state.status == .success else { return (nil, nil) }
            state.status = status
            state.reason = reason
            return (state.run, state.call)
        }
        call?.stop()
        run?.stop()
        // Last: a run that is waited for must not begin before it was ended.
        self.wait.end()
    }
}
