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

    @Option(
        help: ArgumentHelp(
            "Show the run in a browser at http://[HOST]:PORT/, with a button that stops it; HOST is loopback, and "
                + "port 0 a free one. The page stays after the end until Ctrl-C.",
            valueName: "[host]:port"),
        transform: { text in try validating { () throws(UsageError) in try ListenAddress(parsing: text) } })
    var web: ListenAddress?

    /// All files, with the option that names each.
    var paths: [(option: String, path: String)] {
        self.out.map { ("--out", $0.path) } + (self.csv.map(LocustCSVOutput.paths) ?? []).map { ("--csv", $0) }
    }

    /// - Parameter files: the outputs that are written at the end.
    func open(
        _ plan: LoadPlan, _ registry: MetricRegistry, files: [ResultFile]
    ) throws(UsageError) -> [any RunOutput] {
        if let web, web == self.metricsAddr, web.port != 0 {
            throw UsageError("--web and --metrics-addr have the same address: they need a port each")
        }
        var outputs: [any RunOutput] = []
        for target in self.out {
            outputs.append(try SampleOutput(target, registry: registry, thresholds: plan.thresholds))
        }
        if let csv { outputs.append(try LocustCSVOutput(prefix: csv)) }
        if let metricsAddr { outputs.append(try MetricsEndpoint(metricsAddr)) }
        // When the page says that the run has ended, the files are there.
        return outputs + files + (try web.map { address throws(UsageError) in [try WebServer(address)] } ?? [])
    }
}
