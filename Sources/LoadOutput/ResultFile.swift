import LoadPlan
import LoadReport
import Metrics
import ProcessSupport

/// A file that is written once, from the result of a run.
package struct ResultFile: RunOutput {
    /// The option that names it, for messages.
    package let option: String
    /// `-` is the standard output.
    package let path: String
    private let replaces: Bool
    private let text: @Sendable (RunResult) -> String

    /// - Parameter replaces: readers see the former file or the new one, and never a part.
    package init(
        _ option: String, path: String, replaces: Bool = false, text: @escaping @Sendable (RunResult) -> String
    ) {
        (self.option, self.path, self.replaces, self.text) = (option, path, replaces, text)
    }

    /// `--summary-export`: the summary as JSON, with histograms and time series.
    package static func summaryExport(
        _ path: String, trendStatistics: [Aggregation] = TrendStatistics.defaults, replaces: Bool = false
    ) -> Self {
        Self("--summary-export", path: path, replaces: replaces) { $0.export(trendStatistics: trendStatistics) }
    }

    /// `--report`: an HTML page with plots.
    package static func report(_ path: String) -> Self {
        Self("--report", path: path) { HTMLReport($0).text }
    }

    package func finish(_ result: RunResult) -> Bool {
        TextFile.save(self.text(result), to: self.path, replaces: self.replaces)
    }
}
