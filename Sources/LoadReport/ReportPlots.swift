import JSONText
import Metrics

/// The plots of a report.
struct ReportPlots {
    private let result: RunResult
    private let timeline: Timeline

    init(_ result: RunResult) { (self.result, self.timeline) = (result, result.timeline) }

    /// Over time; only what the run had.
    var overTime: [LinePlot] {
        var plots = [self.users, self.messages, self.errors]
        for column in self.timeline.columns.trends.indices { plots.append(self.percentiles(column)) }
        return plots.compactMap(\.self)
    }

    /// The meaning of a point in the plots over time.
    var interval: String {
        let count = self.timeline.intervalsPerPoint
        return "Time since the start; a point for each \(count == 1 ? "second" : "\(count) seconds")."
    }

    private var users: LinePlot? {
        let column = self.timeline.columns.levels.firstIndex { $0.metric == BuiltInMetric.vus.definition.name }
        guard let column, !self.timeline.points.isEmpty else { return nil }
        let values = self.timeline.points.map { column < $0.levels.count ? $0.levels[column] : 0 }
        return self.plot("Users", [.init(name: "users", values: values)]) { $0.short(2) }
    }

    private var messages: LinePlot? {
        self.rates("Messages per second", [("sent", .messagesSent), ("received", .messagesReceived)])
    }

    private var errors: LinePlot? { self.rates("Errors per second", [("errors", .errors)]) }

    private func rates(_ title: String, _ metrics: [(name: String, metric: BuiltInMetric)]) -> LinePlot? {
        let series = metrics.compactMap { name, metric -> LinePlot.Series? in
            let selector = MetricSelector(metric: metric.definition.name)
            guard let column = self.timeline.columns.counters.firstIndex(of: selector) else { return nil }
            let values = self.timeline.points.map { point in
                self.isLong(point) ? column < point.counters.count ? point.counters[column] / point.seconds : 0 : nil
            }
            return LinePlot.Series(name: name, values: values)
        }
        guard !series.isEmpty, !self.timeline.points.isEmpty else { return nil }
        return self.plot(title, series) { $0.short(2) }
    }

    private func percentiles(_ column: Int) -> LinePlot? {
        let selector = self.timeline.columns.trends[column]
        let points = self.timeline.points.map {
            column < $0.trends.count && self.isLong($0) ? $0.trends[column] : nil
        }
        guard points.contains(where: { $0 != nil }),
            let definition = self.result.metrics[MetricRegistry.resolve(selector).metric]?.definition
        else { return nil }
        let series = [
            LinePlot.Series(name: "p50", values: points.map { $0?.p50 }),
            LinePlot.Series(name: "p95", values: points.map { $0?.p95 }),
            LinePlot.Series(name: "p99", values: points.map { $0?.p99 }),
        ]
        return self.plot(definition.title, metric: selector.description, series) {
            NumberText.value($0, of: definition)
        }
    }

    /// The last moment of a run does not have a rate, because its interval may be a thousandth of the others.
    private func isLong(_ point: Timeline.Point) -> Bool {
        point.seconds >= Self.shortestInterval || self.timeline.points.count == 1 && point.seconds > 0
    }

    private static let shortestInterval = 0.5

    private func plot(
        _ title: String, metric: String = "", _ series: [LinePlot.Series], format: @escaping (Double) -> String
    ) -> LinePlot {
        let scale = PlotScale(seconds: self.timeline.points.last?.time ?? 0)
        let label = { (seconds: Double) in NumberText.duration(seconds * 1_000) }
        return LinePlot(
            title: title, metric: metric, summary: "\(title) over time",
            places: self.timeline.points.map { scale.share(of: $0.time) },
            placeNames: self.timeline.points.map { label($0.time) },
            marks: scale.marks.map { LinePlot.Mark(share: scale.share(of: $0), label: label($0)) }, series: series,
            format: format)
    }

    /// The distribution of every time: what share of cases took at most how long, the axis stretched towards 100 %.
    var distributions: [LinePlot] {
        self.timeline.columns.trends.compactMap { selector in
            let name = MetricRegistry.resolve(selector).metric
            guard let definition = self.result.metrics[name]?.definition,
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
            format: { NumberText.value($0, of: definition) })
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

extension MetricDefinition {
    /// The name for a person.
    fileprivate var title: String {
        let title: String? =
            switch BuiltInMetric.allCases.first(where: { $0.definition.name == self.name }) {
            case .connect: "Time to connect"
            case .time: "Time of actions"
            case .iterationDuration: "Duration of iterations"
            case .paceResponse: "Pace, from the intended start"
            case .paceService: "Pace, from the real start"
            case .pingGap: "Time between pings"
            case .loopLag: "Lag of this program"
            case .sioAck: "Time to an ack"
            case .sioConnect: "Time to connect a namespace"
            default: nil
            }
        return title ?? self.name
    }
}
