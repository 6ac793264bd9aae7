import JSONText
import Metrics

/// The share of cases that took at most so long, for each time of the whole run.
struct Distributions {
    private let result: RunResult

    init(_ result: RunResult) { self.result = result }

    /// The axis is stretched towards 100 %.
    var plots: [LinePlot] {
        self.result.timeline.columns.trends.filter { !$0.isNamed }.compactMap { selector in
            guard let definition = self.result.metrics[selector]?.definition,
                case .trend(let histogram)? = self.result.metrics.value(of: selector), !histogram.isEmpty
            else { return nil }
            return Self.distribution(of: histogram, selector, definition)
        }
    }

    private static func distribution(
        of histogram: Histogram, _ selector: MetricSelector, _ definition: MetricDefinition
    ) -> LinePlot {
        let curve = histogram.curve()
        // Every halving of the rest takes as much of the axis as the one before.
        let rest = { (percentile: Double) in Swift.max(1 - percentile / 100, 0) }
        let end = curve.dropLast().last.map { Self.halvings(rest($0.percentile)) } ?? 0
        let length = Swift.max(end, 1) * 1.04
        let share = { (percentile: Double) in
            percentile >= 100 ? 1 : Swift.min(Self.halvings(rest(percentile)) / length, 1)
        }
        // Each mark only where it is clear of the one before.
        var marks: [Double] = [0]
        for percentile in [50, 90, 99, 99.9, 99.99, 99.999, 99.999_9]
        where share(percentile) < 0.97 && share(percentile) - share(marks[marks.count - 1]) > 0.11 {
            marks.append(percentile)
        }
        return LinePlot(
            title: definition.title, metric: selector.description,
            summary: "Distribution of \(selector.description): \(histogram.count) values",
            places: curve.map { share($0.percentile) }, placeNames: curve.map { "\($0.percentile.short(5)) %" },
            marks: marks.map { LinePlot.Mark(share: share($0), label: "\($0.plainText) %") },
            series: [LinePlot.Series(name: "at most", values: curve.map { $0.value / definition.unit })],
            format: { ReportNumber.value($0, of: definition) })
    }

    /// How often 1 must be halved to come to `share`; between two halvings the straight line between them.
    private static func halvings(_ share: Double) -> Double {
        guard share > 0 else { return 64 }
        var whole = 0.0
        var rest = share
        while rest <= 0.5, whole < 64 { (rest, whole) = (rest * 2, whole + 1) }
        return whole + (1 - rest) * 2
    }
}
