import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One load run as a person sees it: the plan before, a line while it goes on, the summary at the end.
final class LoadSession {
    private let settings: LoadSettings
    private let script: String
    private let isQuiet: Bool
    private let hasColor: Bool

    /// How often a line is written, in seconds, where there is no terminal.
    private static let lineInterval = 10

    init(_ settings: LoadSettings, script: String, isQuiet: Bool, hasColor: Bool) {
        self.settings = settings
        self.script = script
        self.isQuiet = isQuiet
        self.hasColor = hasColor && isatty(STDOUT_FILENO) != 0
    }

    func run(summaryExport: String?) throws -> LoadStatus {
        let registry = MetricRegistry()
        let run = try LoadRun(self.settings, registry: registry)
        let wasStopped = Flag()
        Signals.install(interrupter: { _ in }, secondStatus: { _ in LoadStatus.stoppedFromOutside.rawValue }) { _ in
            wasStopped.value.store(true, ordering: .relaxed)
            run.stop()
        }
        if !self.isQuiet {
            print("\n     execution: local\n        script: \(self.script)\n          seed: \(self.settings.runSeed)\n")
            print("\(self.settings.plan)\n")
        }
        fflush(nil)
        let start = Self.now()
        let isQuiet = self.isQuiet
        let plan = self.settings.plan
        let last = try run.run { progress in
            if isQuiet || Int(progress.elapsed.components.seconds) % Self.lineInterval != 0 { return }
            print(Self.line(progress, plan))
            fflush(nil)
        }
        let status: LoadStatus = wasStopped.value.load(ordering: .relaxed) ? .stoppedFromOutside : .success
        let result = RunResult(run: self.description(start, last, status), collector: last.collector)
        print(EndSummary(result, hasColor: self.hasColor).text)
        if !isQuiet { print(Self.line(last, plan)) }
        if let summaryExport { try Self.write(result.export(), to: summaryExport) }
        return status
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    private static func line(_ progress: LoadRun.Progress, _ plan: LoadPlan) -> String {
        let seconds = Double(progress.elapsed.components.seconds)
        func count(_ metric: BuiltInMetric, _ aggregation: Metrics.Aggregation) -> Int {
            let selector = Metrics.MetricSelector(metric: metric.definition.name)
            return Int(progress.collector.value(selector, aggregation, seconds: max(seconds, 1)) ?? 0)
        }
        let complete = count(.iterations, .count) + count(.iterationsFailed, .count)
        return "running (\(Int(seconds))s), \(count(.vus, .value))/\(plan.maxUsers) VUs, \(complete) complete and "
            + "\(count(.interruptedIterations, .count)) interrupted iterations"
    }

    private func description(_ start: Double, _ last: LoadRun.Progress, _ status: LoadStatus) -> RunDescription {
        let (seconds, attoseconds) = last.elapsed.components
        return RunDescription(
            name: self.script, script: self.script, commandLine: CommandLine.arguments.joined(separator: " "),
            version: Version.number, start: start, seconds: Double(seconds) + Double(attoseconds) / 1e18,
            seed: self.settings.runSeed,
            scenarios: self.settings.plan.scenarios.map {
                RunDescription.Scenario(
                    name: $0.name, executor: $0.executor.kind.rawValue,
                    plan: $0.description(share: self.settings.plan.share, fraction: 1))
            }, exitReason: status == .success ? "finished" : "stopped by a signal", exitCode: Int(status.rawValue))
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw UsageError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
        let written = text.utf8.withContiguousStorageIfAvailable { fwrite($0.baseAddress, 1, $0.count, file) }
        guard fclose(file) == 0, written == text.utf8.count else {
            throw UsageError("cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }
}
