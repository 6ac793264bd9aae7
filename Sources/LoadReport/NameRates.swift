import Metrics

/// The rates and times of each name of an action and of each event in the last second: a machine that keeps the sums of
/// the second before.
struct NameRates: Sendable {
    /// The last second's part in the rate that rows are ordered by.
    private static let freshness = 0.2

    private var seconds = 0.0
    /// The counts of events since the start.
    private var sums: [LiveName.Key: Double] = [:]
    private var smooth: [LiveName.Key: Double] = [:]
    private var order = SteadyOrder<LiveName.Key>()

    /// - Returns: the busiest first.
    mutating func list(_ result: RunResult) -> LiveView.List<LiveName> {
        let names = Self.times(result.timeline) + self.events(result)
        for name in names {
            let before = self.smooth[name.key] ?? name.rate
            self.smooth[name.key] = before + (name.rate - before) * Self.freshness
        }
        self.seconds = result.run.seconds
        let keys = names.map(\.key)
        let weights = keys.map { self.smooth[$0] ?? 0 }
        let order = self.order.order(keys, weights: weights, limit: LiveView.List<LiveName>.maximumRows)
        return .init(rows: order.map { names[$0] }, count: names.count)
    }

    private static func times(_ timeline: Timeline) -> [LiveName] {
        guard let point = timeline.points.last, point.seconds > 0 else { return [] }
        return timeline.columns.trends.enumerated().compactMap { column, selector in
            let key: LiveName.Key
            if selector.metric == BuiltInMetric.time.definition.name, let name = selector.tags["name"] {
                key = .init(kind: .time, name: ExactText(name))
            } else if selector.metric == BuiltInMetric.sioAck.definition.name, let event = selector.tags["event"] {
                key = .init(kind: .ack, name: ExactText(event))
            } else {
                return nil
            }
            let statistics = column < point.trends.count ? point.trends[column] : nil
            return LiveName(key: key, rate: Double(statistics?.count ?? 0) / point.seconds, p95: statistics?.p95)
        }
    }

    /// Events are not followed over time: the differences of their sums.
    private mutating func events(_ result: RunResult) -> [LiveName] {
        let metrics: [(BuiltInMetric, LiveName.Kind)] = [(.sioEventsSent, .sent), (.sioEventsReceived, .received)]
        let passed = result.run.seconds - self.seconds
        var names: [LiveName] = []
        for (metric, kind) in metrics {
            var sums: [(key: LiveName.Key, sum: Double)] = []
            var places: [LiveName.Key: Int] = [:]
            for series in result.metrics[metric]?.series ?? [] {
                guard case .counter(let sum) = series.value, let event = series.tags["event"] else { continue }
                let key = LiveName.Key(kind: kind, name: ExactText(event))
                if let place = places[key] {
                    sums[place].sum += sum
                } else {
                    places[key] = sums.count
                    sums.append((key, sum))
                }
            }
            for (key, sum) in sums {
                let rate = passed > 0 ? (sum - (self.sums[key] ?? 0)) / passed : 0
                self.sums[key] = sum
                names.append(LiveName(key: key, rate: rate, p95: nil))
            }
        }
        return names
    }
}
