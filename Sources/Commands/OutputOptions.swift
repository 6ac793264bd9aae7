import CommandLineParser
import CommandOptions
import LoadOutput
import LoadPlan
import Locust
import Metrics
import ProcessSupport

/// The outputs of a load run while it goes on.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write each sample to a file, as k6's JSON lines or CSV; may be repeated.", valueName: "json|csv=file"),
        transform: { text in try validating { () throws(UsageError) in try OutputTarget(parsing: text) } })
    var out: [OutputTarget] = []

    @Option(
        help: ArgumentHelp(
            "Write Locust's four files, PREFIX_stats.csv, _stats_history, _failures and _exceptions.",
            valueName: "prefix"))
    var csv: String?

    @Option(
        help: ArgumentHelp(
            "Serve the metrics to Prometheus at http://[HOST]:PORT/metrics; HOST is loopback, and port 0 a free one.",
            valueName: "[host]:port"),
        transform: { text in try validating { () throws(UsageError) in try ListenAddress(parsing: text) } })
    var metricsAddr: ListenAddress?

    /// All files, with the option that names each.
    var paths: [(option: String, path: String)] {
        self.out.map { ("--out", $0.path) } + (self.csv.map(LocustCSVOutput.paths) ?? []).map { ("--csv", $0) }
    }

    func open(_ plan: LoadPlan, _ registry: MetricRegistry) throws(UsageError) -> [any RunOutput] {
        var outputs: [any RunOutput] = []
        for target in self.out {
            outputs.append(try SampleOutput(target, registry: registry, thresholds: plan.thresholds))
        }
        if let csv { outputs.append(try LocustCSVOutput(prefix: csv)) }
        if let metricsAddr { outputs.append(try MetricsEndpoint(metricsAddr)) }
        return outputs
    }
}
