import Metrics

/// Connects, the script's `time` names and the Socket.IO events that want an ack, as Locust knows requests.
package struct LocustRequests: Sendable {
    /// The types of the requests.
    static let engineIOType = "EIO"
    static let socketIOType = "SIO"
    /// The name of connects of either type. A Socket.IO event cannot have it, because it is reserved.
    static let connectName = "connect"

    package struct Row: Sendable {
        /// `EIO`, `SIO` or `PUSH`; empty for the sum of all rows.
        package let method: String
        package let name: String
        package let count: UInt64
        package let failures: UInt64
        /// Nanoseconds.
        package let times: Histogram

        /// The sum of two rows of one name.
        package func adding(_ other: Row) -> Row {
            var times = self.times
            times.merge(other.times)
            return Row(
                method: self.method, name: self.name, count: self.count + other.count,
                failures: self.failures + other.failures, times: times)
        }
    }

    /// One for `connect` of each type if there were any, and one for each name, in the order of the names.
    package let rows: [Row]
    /// The sum, as Locust's last row.
    package let aggregated: Row

    /// A connect that failed has no time and counts all the same, as an event without its ack; a `time` that failed has
    /// one.
    ///
    /// - Parameter countsPushes: adds a row for the messages that servers sent, which have no time either.
    package init(_ metrics: MetricSet, countsPushes: Bool = false) {
        var rows: [Row] = []
        let connect = Self.connect(metrics)
        if connect.count > 0 { rows.append(connect) }
        let names = Set((metrics[.time]?.series ?? []).compactMap { $0.tags["name"].map(ExactText.init) })
        rows += names.sorted().map { Self.time($0.text, metrics) }
        rows += Self.socketIO(metrics)
        let pushes = countsPushes ? Self.sum(metrics, .messagesReceived, TagSet()) : 0
        if pushes > 0 {
            rows.append(Row(method: "PUSH", name: "message", count: pushes, failures: 0, times: Histogram()))
        }
        var times = Histogram()
        for row in rows { times.merge(row.times) }
        self.rows = rows
        self.aggregated = Row(
            method: "", name: "Aggregated", count: rows.reduce(into: 0 as UInt64) { $0.addUpToTheMost($1.count) },
            failures: rows.reduce(into: 0 as UInt64) { $0.addUpToTheMost($1.failures) }, times: times)
    }

    private static func connect(_ metrics: MetricSet) -> Row {
        let times = Self.histogram(metrics, .connect, ["phase": "total"])
        let failures = Self.sum(metrics, .connects, ["result": "failed"])
        return Row(
            method: Self.engineIOType, name: Self.connectName, count: times.count + failures, failures: failures,
            times: times)
    }

    private static func socketIO(_ metrics: MetricSet) -> [Row] {
        let times = Self.histogram(metrics, .sioConnect, TagSet())
        let failures = Self.sum(metrics, .errors, ["kind": "namespace"])
        let connect = Row(
            method: Self.socketIOType, name: Self.connectName, count: times.count + failures, failures: failures,
            times: times)
        let names = Set((metrics[.sioAcks]?.series ?? []).compactMap { $0.tags["event"].map(ExactText.init) })
        return (connect.count > 0 ? [connect] : []) + names.sorted().map { Self.event($0.text, metrics) }
    }

    private static func event(_ name: String, _ metrics: MetricSet) -> Row {
        let count = Self.sum(metrics, .sioAcks, ["event": name])
        let acks = Self.sum(metrics, .sioAcks, ["event": name, "result": "ok"])
        return Row(
            method: Self.socketIOType, name: name, count: count, failures: count - min(acks, count),
            times: Self.histogram(metrics, .sioAck, ["event": name]))
    }

    private static func time(_ name: String, _ metrics: MetricSet) -> Row {
        let times = Self.histogram(metrics, .time, ["name": name])
        let failures = Self.sum(metrics, .errors, ["kind": "time", "name": name])
        return Row(method: Self.engineIOType, name: name, count: times.count, failures: failures, times: times)
    }

    private static func histogram(_ metrics: MetricSet, _ metric: BuiltInMetric, _ tags: TagSet) -> Histogram {
        let selector = MetricSelector(metric: metric.definition.name, tags: tags)
        guard case .trend(let histogram)? = metrics.value(of: selector) else { return Histogram() }
        return histogram
    }

    private static func sum(_ metrics: MetricSet, _ metric: BuiltInMetric, _ tags: TagSet) -> UInt64 {
        let selector = MetricSelector(metric: metric.definition.name, tags: tags)
        return UInt64(Swift.max(metrics.value(selector, .count, seconds: 0) ?? 0, 0))
    }
}
