import Metrics

/// One figure of two runs over time, and how much it changed.
struct ComparisonPlot {
    let plot: TimePlot
    let selector: MetricSelector
    /// The change in percent, whatever its sign.
    let size: Double

    /// Nil where one of the runs has no value.
    init?(_ line: CommonTimeline.Line, _ comparison: RunComparison, times: [Double]) {
        let statistic: Aggregation =
            switch line.kind {
            case .percentile95: .percentile(95)
            case .perSecond: .rate
            case .level: .maximum
            }
        let figures = [comparison.before, comparison.after].map { run in
            run.metrics.value(line.selector, statistic, seconds: run.run.seconds)
        }
        guard let before = figures[0], let after = figures[1], line.before.contains(where: { $0 != nil }),
            line.after.contains(where: { $0 != nil }),
            let definition = comparison.after.metrics[line.selector]?.definition
        else { return nil }
        let text = { (value: Double) in ReportNumber.value(value, of: statistic, definition) }
        let change = RunComparison.change(before, after)
        let isTime = line.kind == .percentile95 && definition.contains == .time
        let lasting = LastingChange(times: times, before: line.before, after: line.after)
            .map { $0.text(isTime ? ("slower", "faster") : ("higher", "lower")) }
        self.selector = line.selector
        self.size = change?.magnitude ?? 0
        self.plot = TimePlot(
            title: Self.title(line, definition), metric: line.selector.description,
            notes: ["\(text(before)) to \(text(after))", RunComparison.text(ofChange: change)]
                + [lasting].compactMap(\.self),
            unit: Self.unit(line, definition),
            lines: [.init(name: "before", values: line.before), .init(name: "after", values: line.after)],
            isLatency: line.kind == .percentile95)
    }

    private static func unit(_ line: CommonTimeline.Line, _ definition: MetricDefinition) -> PlotUnit {
        guard line.kind == .perSecond else { return PlotUnit(definition) }
        return definition.contains == .data ? .bytesPerSecond : .perSecond
    }

    private static func title(_ line: CommonTimeline.Line, _ definition: MetricDefinition) -> String {
        let name = line.selector.tags["name"] ?? line.selector.tags["event"] ?? definition.title
        return switch line.kind {
        case .percentile95: "\(name), p95"
        case .perSecond: "\(name) per second"
        case .level: name
        }
    }
}
