import LoadPlan
import Metrics

/// The lines of a run's timeline.
struct TimelineContent {
    private let result: RunResult
    private let timeline: Timeline

    /// The last moment of a run does not have a rate, because its interval may be a thousandth of the others.
    private static let shortestInterval = 0.5

    init(_ result: RunResult) { (self.result, self.timeline) = (result, result.timeline) }

    /// Users, and what came per second.
    var rates: [TimePlot] {
        guard !self.timeline.points.isEmpty else { return [] }
        return [
            self.users,
            self.rates("Messages per second", [("sent", .messagesSent), ("received", .messagesReceived)]),
            self.rates("Errors per second", [("errors", .errors)]),
        ].compactMap(\.self)
    }

    private var users: TimePlot? {
        let column = self.timeline.columns.levels.firstIndex { $0.metric == BuiltInMetric.vus.definition.name }
        guard let column else { return nil }
        let values = self.timeline.points.map { column < $0.levels.count ? $0.levels[column] : 0 }
        return TimePlot(title: "Users", metric: "", unit: .plain, lines: [.init(name: "users", values: values)])
    }

    private func rates(_ title: String, _ metrics: [(name: String, metric: BuiltInMetric)]) -> TimePlot? {
        let lines = metrics.compactMap { name, metric -> TimePlot.Line? in
            let selector = MetricSelector(metric: metric.definition.name)
            guard let column = self.timeline.columns.counters.firstIndex(of: selector) else { return nil }
            let values = self.timeline.points.map { point in
                self.isLong(point) ? column < point.counters.count ? point.counters[column] / point.seconds : 0 : nil
            }
            return TimePlot.Line(name: name, values: values)
        }
        guard !lines.isEmpty else { return nil }
        let bounds = metrics.flatMap { name, metric in
            self.bounds(
                MetricSelector(metric: metric.definition.name), .perSecond, of: lines.count > 1 ? name + " " : ""
            ) { $0 == .rate }
        }
        return TimePlot(title: title, metric: "", unit: .perSecond, lines: lines, bounds: bounds, hasUsers: true)
    }

    /// Percentiles of the trends, with the thresholds on them.
    func trends(where isWanted: (MetricSelector) -> Bool) -> [TimePlot] {
        self.timeline.columns.trends.indices.compactMap { column in
            isWanted(self.timeline.columns.trends[column]) ? self.percentiles(column) : nil
        }
    }

    private func percentiles(_ column: Int) -> TimePlot? {
        let selector = self.timeline.columns.trends[column]
        let points = self.timeline.points.map {
            column < $0.trends.count && self.isLong($0) ? $0.trends[column] : nil
        }
        guard points.contains(where: { $0 != nil }), let definition = self.result.metrics[selector]?.definition else {
            return nil
        }
        return TimePlot(
            title: selector.tags["name"] ?? selector.tags["event"] ?? definition.title, metric: selector.description,
            unit: PlotUnit(definition),
            lines: [
                .init(name: "p50", values: points.map { $0?.p50 }), .init(name: "p95", values: points.map { $0?.p95 }),
                .init(name: "p99", values: points.map { $0?.p99 }),
            ], bounds: self.bounds(selector, PlotUnit(definition)) { $0 != .count }, isLatency: true, hasUsers: true)
    }

    /// Thresholds on a metric, of those figures that have the unit of its plot.
    private func bounds(
        _ selector: MetricSelector, _ unit: PlotUnit, of line: String = "", where isDrawn: (Aggregation) -> Bool
    ) -> [TimePlot.Bound] {
        self.result.run.thresholds
            .filter { MetricRegistry.resolve($0.selector) == MetricRegistry.resolve(selector) }
            .map(\.expression).filter { isDrawn($0.aggregation) }
            .map { expression in
                let condition = "\(expression.aggregation) \(expression.comparison.rawValue)"
                return TimePlot.Bound(
                    value: expression.value, label: "\(line)\(condition) \(unit.text(expression.value))")
            }
    }

    private func isLong(_ point: Timeline.Point) -> Bool {
        point.seconds >= Self.shortestInterval || self.timeline.points.count == 1 && point.seconds > 0
    }
}

extension MetricDefinition {
    /// The name for a person.
    var title: String {
        let title: String? =
            switch BuiltInMetric.named(self.name) {
            case .connect: "Time to connect"
            case .time: "Time of actions"
            case .iterationDuration: "Duration of iterations"
            case .paceResponse: "Pace, from the intended start"
            case .paceService: "Pace, from the real start"
            case .pingGap: "Time between pings"
            case .loopLag: "Lag of this program"
            case .sioAck: "Time to an ack"
            case .sioConnect: "Time to connect a namespace"
            case .messagesSent: "Messages sent"
            case .messagesReceived: "Messages received"
            case .dataSent: "Data sent"
            case .dataReceived: "Data received"
            case .iterations: "Iterations"
            case .errors: "Errors"
            case .connects: "Connects"
            case .disconnects: "Disconnects"
            case .vus: "Users"
            default: nil
            }
        return title ?? self.name
    }
}
