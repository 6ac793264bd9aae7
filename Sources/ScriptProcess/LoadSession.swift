import EngineIOClient
import Glibc
import JSONText
import LoadEngine
import LoadOutput
import LoadPlan
import LoadReport
import Metrics
import ProcessSupport
import Scripting

/// One load run as a person sees it: the plan before, a line while it goes on, the summary at the end.
package final class LoadSession {
    private var settings: LoadSettings
    private let lifecycle: ScriptLifecycle
    private let outputs: LoadSessionOutputs
    private let registry: MetricRegistry
    private let thresholds: LoadThresholds
    private let live: RunOutputs

    /// - Throws: `OptionErrors` for a threshold that cannot be, `UsageError` for an output.
    package init(_ settings: LoadSettings, contents: ScriptContents, outputs: LoadSessionOutputs) throws {
        self.settings = settings
        self.lifecycle = ScriptLifecycle(settings.script, plan: settings.plan, functions: contents.functions)
        self.outputs = outputs
        let plan = settings.plan
        self.thresholds = LoadThresholds(plan)
        self.registry = try self.thresholds.makeRegistry(declaring: contents.metrics)
        self.live = RunOutputs(try outputs.open(plan, self.registry), plan: plan, registry: self.registry)
        if self.live.wantsSamples { self.settings.samples = self.live }
    }

    /// - Parameter startTime: Unix seconds of the users' start; nil for at once.
    package func run(at startTime: Double? = nil) throws -> ExitStatus {
        let wait = StartWait()
        let ending = StopReason(wait)
        let plan = self.settings.plan
        self.live.begin(
            RunStart(self.description(WallClock.now())) { reason in
                FileDescriptorOutput.standardError.say("eio-lua: \(reason): \(Self.stopping)")
                ending.end(.stoppedFromOutside, reason)
            })
        self.showPlan()
        let preflight = Preflight.ofThisProcess(threads: self.settings.threads)
        for warning in preflight.warnings(users: plan.maxUsers) { Self.warn(warning) }
        // Stopping the run also interrupts slices that compute.
        Signals.install(secondStatus: { _ in ExitStatus.stoppedFromOutside.rawValue }) { _ in
            FileDescriptorOutput.standardError.say(
                "eio-lua: stopping: \(Self.stopping); once more ends at once")
            ending.end(.stoppedFromOutside, "stopped by a signal")
        }
        self.settings.setupData = try ending.whileCalling { stop in try self.lifecycle.setUp(stop: stop) } ?? ""
        let run = try LoadRun(self.settings, registry: self.registry) { message in ending.end(.aborted, message) }
        ending.attach(run)
        if let startTime { wait.wait(until: startTime) }
        let start = WallClock.now()
        let (thresholds, outputs, registry) = (self.thresholds, self.live, self.registry)
        let describer = RunDescriber(run: self.description(start), thresholds: thresholds, registry: registry)
        let live = LiveProgress(
            plan, isQuiet: self.outputs.isQuiet, hasColor: self.outputs.hasColor, person: self.outputs.person)
        let bottleneck = BottleneckReport(threads: self.settings.threads)
        let result = Result {
            try run.run { progress in
                let snapshot = RunSnapshot(progress) { describer.description($0, isRunning: true) }
                outputs.show(snapshot)
                Self.tellWarnings(registry)
                if let finding = bottleneck.look(progress) { Self.warn(finding) }
                if let threshold = thresholds.aborting(progress) {
                    ending.end(.thresholdsFailed, "the threshold \(threshold) failed")
                }
                live.show(snapshot, isStopped: ending.state.0 != .success)
            }
        }
        live.close()
        let last = try result.get()
        ending.detach()
        outputs.show(RunSnapshot(last) { describer.description($0, isRunning: false) })
        try self.tearDown(ending)
        let status = try self.finish(last, describer, ending, warning: bottleneck.finding)
        self.live.stay(with: status)
        return status
    }

    /// An error does not lose what was measured.
    private func tearDown(_ ending: StopReason) throws {
        do {
            try ending.whileCalling { stop in try self.lifecycle.tearDown(self.settings.setupData, stop: stop) }
        } catch ScriptProblem.failed(let text) {
            ending.end(.scriptFailed, "teardown: \(text)")
        } catch ScriptProblem.timedOut(let text) {
            ending.end(.teardownTimedOut, "\(text) (options.teardownTimeout)")
        } catch ScriptProblem.aborted(let text) {
            ending.end(.aborted, text)
        }
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

    private func finish(
        _ last: LoadRun.Progress, _ describer: RunDescriber, _ ending: StopReason, warning: String?
    ) throws -> ExitStatus {
        Self.tellWarnings(self.registry)
        let areOutputsWritten = self.live.end()
        var (status, reason) = ending.state
        let withLeft = { (reason: String) in last.leftBehind.map { "\(reason); \($0.text)" } ?? reason }
        var description = describer.description(last, isRunning: false)
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
            self.show(RunProgress(last.collector.metrics, plan: self.settings.plan, seconds: last.seconds).line)
        }
        if status != .success { FileDescriptorOutput.standardError.say("eio-lua: \(reason)") }
        var areWritten = self.live.finish(result)
        if (self.settings.script.options.clients.trace?.tracer as? TraceOutput)?.hasFailed == true {
            areWritten = false
        }
        return status == .success && !areWritten ? .outputFailed : status
    }

    /// A failed write is reported by the summary.
    private func show(_ text: String) { try? self.outputs.person.show(VisibleText.lines(text)) }

    private static func tellWarnings(_ registry: MetricRegistry) {
        for warning in registry.takeWarnings() { Self.warn(warning) }
    }

    private func summary(_ ending: StopReason) -> RunSummary {
        RunSummary(
            trendStatistics: self.settings.plan.summaryTrendStats, timeUnit: self.settings.plan.summaryTimeUnit,
            hasColor: self.outputs.hasColor && self.outputs.person.isTerminal, person: self.outputs.person,
            paths: self.outputs.paths, setupData: self.settings.setupData,
            handler: !self.lifecycle.called.contains(.handleSummary)
                ? nil
                : { data in try ending.whileCalling { try self.lifecycle.handleSummary(data, stop: $0) } ?? nil })
    }

    private static let stopping = "running iterations have their gracefulStop, then users disconnect, within 5 s"

    private static let unwritten = (ExitStatus.outputFailed, "an output could not be written")

    private var scriptName: String {
        let options = self.settings.script.options
        return options.scriptIndex.map { String(decoding: options.arguments[$0], as: UTF8.self) } ?? ""
    }

    /// The run at its start.
    private func description(_ start: Double) -> RunDescription {
        var description = RunDescription(
            name: self.scriptName, script: self.scriptName, commandLine: self.outputs.commandLine,
            version: Version.number, start: start, seconds: 0, seed: self.settings.runSeed,
            scenarios: self.settings.plan.scenarios.map {
                RunDescription.Scenario(
                    name: $0.name, executor: $0.executor.kind.rawValue,
                    plan: $0.description(share: self.settings.plan.share, fraction: 1), stageEnds: $0.stageEnds)
            })
        description.plannedSeconds = self.settings.plan.plannedSeconds
        description.server = RunDescription.server(of: self.settings.script.options)
        return description
    }
}
