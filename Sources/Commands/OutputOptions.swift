import ArgumentParser
import LoadReport

/// What a load run writes while it goes on, as the command line names it.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write each sample to a file, as k6's JSON lines or CSV; may be repeated.", valueName: "json|csv=file"),
        transform: { text in try OutputTarget(parsing: text) })
    var out: [OutputTarget] = []

    @Option(
        help: ArgumentHelp(
            "Write Locust's four files, PREFIX_stats.csv, _stats_history, _failures and _exceptions.",
            valueName: "prefix"))
    var csv: String?

    @Option(
        help: ArgumentHelp(
            "Serve the metrics to Prometheus at http://[HOST]:PORT/metrics; without HOST on loopback, with port 0 on a free one.",
            valueName: "[host]:port"),
        transform: { text in try ListenAddress(parsing: text) })
    var metricsAddr: ListenAddress?
}

/// One `--out`.
struct OutputTarget: Sendable, Equatable {
    var format: SampleEncoder.Format
    var path: String

    init(parsing text: String) throws(ValidationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let format = SampleEncoder.Format(rawValue: String(parts[0])), !parts[1].isEmpty else {
            throw ValidationError("it must be json=FILE or csv=FILE")
        }
        (self.format, self.path) = (format, String(parts[1]))
    }
}
