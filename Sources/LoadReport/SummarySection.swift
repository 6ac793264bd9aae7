import Metrics

/// A part of the end summary's list of metrics.
struct SummarySection {
    struct Row: Equatable {
        /// `{ phase:tcp }` for a part of a metric.
        var name: String
        var isPart: Bool
        var selector: MetricSelector
        var definition: MetricDefinition
        var value: MetricValue
    }

    let title: String
    var rows: [Row]

    /// Parts that are shown of a metric, by the tag that tells them apart.
    private static let parts: [BuiltInMetric: String] = [
        .connect: "phase", .connects: "result", .disconnects: "reason", .errors: "kind", .messagesDiscarded: "reason",
        .time: "name", .users: "state", .sioAck: "event", .sioAcks: "result", .sioAcksOpen: "event",
        .sioConnect: "namespace", .sioEventsReceived: "event", .sioEventsSent: "event", .sioReconnects: "result",
    ]
    /// The others of a metric with more parts are in the export.
    private static let maximumParts = 50

    /// The sections in k6's order: the script's metrics, the protocol's, the run's, the network's. Metrics without a
    /// value are left out.
    static func sections(of result: RunResult) -> [SummarySection] {
        let titles = ["CUSTOM", "SOCKET.IO", "ENGINE.IO", "EXECUTION", "NETWORK"]
        let records = result.metrics.records
            .filter { !$0.total.isEmpty && $0.definition.name != BuiltInMetric.checks.definition.name }
            .sorted { $0.definition.name < $1.definition.name }
        return titles.compactMap { title in
            let rows = records.filter { Self.title(of: $0.definition) == title }.flatMap { Self.rows(of: $0, result) }
            return rows.isEmpty ? nil : SummarySection(title: title, rows: rows)
        }
    }

    private static func title(of definition: MetricDefinition) -> String {
        if definition.isCustom { return "CUSTOM" }
        if definition.name.hasPrefix("sio_") { return "SOCKET.IO" }
        if definition.name.hasPrefix("eio_") { return "ENGINE.IO" }
        return definition.contains == .data ? "NETWORK" : "EXECUTION"
    }

    private static func rows(of record: MetricSet.Record, _ result: RunResult) -> [Row] {
        let definition = record.definition
        let total = result.metrics.value(of: MetricSelector(metric: definition.name)) ?? record.total
        var rows = [
            Row(
                name: definition.name, isPart: false, selector: MetricSelector(metric: definition.name),
                definition: definition, value: total)
        ]
        var shown: Set<TagSet> = []
        let thresholds = result.run.thresholds.filter {
            $0.selector.metric == definition.name && !$0.selector.tags.isEmpty
        }
        for tags in Self.parts(of: record) + thresholds.map(\.selector.tags) where shown.insert(tags).inserted {
            let selector = MetricSelector(metric: definition.name, tags: tags)
            guard let value = result.metrics.value(of: selector), !value.isEmpty else { continue }
            let name = "{ " + tags.tags.map { "\($0.key):\($0.value)".printable }.joined(separator: ", ") + " }"
            rows.append(Row(name: name, isPart: true, selector: selector, definition: definition, value: value))
        }
        return rows
    }

    private static func parts(of record: MetricSet.Record) -> [TagSet] {
        guard let key = Self.parts.first(where: { $0.key.definition.name == record.definition.name })?.value else {
            return []
        }
        let total = ExactText("total")
        let values = Set(record.series.compactMap { $0.tags[key].map(ExactText.init) })
        guard values != [total] else { return [] }
        return values.filter { key != "phase" || $0 != total }.sorted().prefix(Self.maximumParts).map { value in
            var tags = TagSet()
            tags.set(key, to: value.text)
            return tags
        }
    }
}
