import CommandLineParser
import LoadPlan
import Metrics

/// The content of the summary.
struct SummaryArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("The figures of each Trend in the summary, such as avg,p(95),p(99.9).", valueName: "list"))
    var summaryTrendStats: String?

    @Option(
        help: ArgumentHelp(
            "The unit of all times in the summary. (default: for each the one that fits)", valueName: "s|ms|us"))
    var summaryTimeUnit: String?

    func trendStatistics() throws(OptionErrors) -> [Aggregation]? {
        guard let summaryTrendStats else { return nil }
        return try TrendStatistics.list(commandLine: summaryTrendStats)
    }

    func timeUnit() throws(OptionErrors) -> SummaryTimeUnit? {
        guard let summaryTimeUnit else { return nil }
        return try SummaryTimeUnit.unit(commandLine: summaryTimeUnit)
    }
}
