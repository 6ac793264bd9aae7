import CommandLineParser
import LoadOutput
import LoadPlan
import Metrics

/// The files that are written from the result of a run; a new one is an option here and a case of ``ResultFile``.
struct ResultFileOptions: ParsableArguments {
    @Option(help: "Write a report with plots to this file, as one HTML page.")
    var report: String?

    @Option(help: "Write the summary, with histograms and time series, to this file as JSON.")
    var summaryExport: String?

    func files(trendStatistics: [Aggregation] = TrendStatistics.defaults) -> [ResultFile] {
        [
            self.report.map { .report($0) },
            self.summaryExport.map { .summaryExport($0, trendStatistics: trendStatistics) },
        ].compactMap(\.self)
    }
}
