import LoadPlan
import Metrics

/// A table for each tag by which the samples of a run differ: those of the script's own that thresholds name, and the
/// program's `scenario` and `group`.
struct TagTables {
    private let result: RunResult

    /// Of one table.
    private static let maximumRows = 100
    private static let statistics: [Aggregation] = [.average, .median, .percentile(95), .percentile(99), .maximum]

    init(_ result: RunResult) { self.result = result }

    /// The tags with their tables, in the order of the tags' names.
    var tables: [(tag: String, html: String)] {
        let known = Set(BuiltInMetric.allCases.flatMap(\.tagKeys)).subtracting(["scenario", "group"])
        let keys = Set(
            self.result.metrics.records.flatMap { $0.series.flatMap { $0.tags.tags.map { ExactText($0.key) } } })
        return keys.sorted().filter { !known.contains($0.text) }.compactMap { key in
            let html = self.table(of: key.text)
            return html.isEmpty ? nil : (key.text, html)
        }
    }

    private func table(of key: String) -> String {
        let records = self.result.metrics.records.filter { self.isShown($0.definition) }
        let values = Set(records.flatMap { $0.series.map { ExactText($0.tags[key] ?? "") } })
        // A tag that all samples have with one value parts nothing.
        guard values.count > 1 else { return "" }
        let tables = ReportTables(self.result)
        var rows: [[ReportTable.Cell]] = []
        for value in values.sorted() where !value.text.isEmpty {
            for record in records {
                let selector = MetricSelector(
                    metric: record.definition.name, tags: TagSet().setting(key, to: value.text))
                guard let part = self.result.metrics.value(of: selector), !part.isEmpty else { continue }
                rows.append(Self.row(value.text, record.definition, part, tables))
            }
        }
        let header = ["Value", "Metric", "Count", "Share or rate"] + Self.statistics.map(\.description)
        return ReportTable(header: header, rows: Array(rows.prefix(Self.maximumRows))).html
    }

    private static func row(
        _ value: String, _ definition: MetricDefinition, _ part: MetricValue, _ tables: ReportTables
    ) -> [ReportTable.Cell] {
        let cell = { (aggregation: Aggregation) in tables.cell(aggregation, part, definition) }
        let none = ReportTable.Cell.number("")
        let start: [ReportTable.Cell] = [.name(value), .name(definition.name)]
        return switch part {
        case .trend: start + [cell(.count), none] + Self.statistics.map(cell)
        case .counter: start + [cell(.count), cell(.rate)] + Self.statistics.map { _ in none }
        case .rate(_, let total): start + [.count(total), cell(.rate)] + Self.statistics.map { _ in none }
        case .gauge: start + [cell(.value), none] + Self.statistics.map { _ in none }
        }
    }

    /// Times, checks, errors, iterations, and the script's metrics; not each counter of the protocol.
    private func isShown(_ definition: MetricDefinition) -> Bool {
        guard let metric = BuiltInMetric.named(definition.name) else { return true }
        return [.time, .sioAck, .iterationDuration, .iterations, .checks, .errors, .messagesSent].contains(metric)
    }
}
