import LoadEngine
import Metrics

/// All that a load run writes while it goes on, beside the terminal.
final class RunOutputs: Sendable {
    private let endpoint: MetricsEndpoint?

    /// Opens everything, so that what cannot be written is known before the start.
    ///
    /// - Throws: `UsageError` with the option that cannot be had.
    init(_ options: OutputOptions) throws(UsageError) {
        self.endpoint = if let address = options.metricsAddr { try MetricsEndpoint(address) } else { nil }
        // Not on the standard output: `-q` keeps that free, and a port that the system chose has to be known.
        if let endpoint { FileDescriptorOutput.standardError.write("metrics: \(endpoint.url)\n") }
    }

    /// Told each second, and once at the end.
    func show(_ progress: LoadRun.Progress) { self.endpoint?.show(progress.collector) }

    func close() { self.endpoint?.close() }
}
