import ArgumentParser

/// What a load run writes while it goes on, as the command line names it.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Serve the metrics to Prometheus at http://[HOST]:PORT/metrics; without HOST on loopback, with port 0 on a free one.",
            valueName: "[host]:port"),
        transform: { text in try ListenAddress(parsing: text) })
    var metricsAddr: ListenAddress?
}
