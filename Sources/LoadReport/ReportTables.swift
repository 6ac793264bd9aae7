import JSONText
import LoadPlan
import Metrics

/// The tables of a report; empty where a run has nothing to show in one.
struct ReportTables {
    private let result: RunResult

    private static let trendStatistics: [Aggregation] = [
        .count, .average, .minimum, .median, .percentile(90), .percentile(95), .percentile(99), .percentile(99.9),
        .maximum,
    ]
    /// Errors that are visible at once, and those that a report has at all; the others are in the export.
    private static let firstErrors = 8
    private static let maximumErrors = 100

    init(_ result: RunResult) { self.result = result }

    var failedThresholds: String { self.thresholds { !$0.passed } }
    var heldThresholds: String { self.thresholds(where: \.passed) }
    /// All, with their present values.
    var thresholds: String { self.thresholds { _ in true } }

    private func thresholds(where isShown: (RunDescription.Threshold) -> Bool) -> String {
        let rows = self.result.run.thresholds.filter(isShown).map { threshold -> [ReportTable.Cell] in
            let definition = self.result.metrics[threshold.selector]?.definition
            let value = threshold.value.map { value in
                definition.map { ReportNumber.value(value, of: threshold.expression.aggregation, $0) }
                    ?? ReportNumber.plain(value)
            }
            return [
                self.verdict(threshold), .name(threshold.selector.description),
                .name(threshold.expression.description + self.unit(of: threshold, definition)),
                .number(
                    [value, self.result.absence(of: threshold)].compactMap(\.self).joined(separator: ", ")),
            ]
        }
        let verdict = self.result.run.isRunning ? "State" : "Verdict"
        return ReportTable(header: [verdict, "Metric", "Threshold", "Value"], rows: rows).html
    }

    private func verdict(_ threshold: RunDescription.Threshold) -> ReportTable.Cell {
        guard self.result.run.isRunning else { return .verdict(threshold.passed) }
        return threshold.value == nil ? .name("no value yet") : .state(threshold.passed)
    }

    /// The unit of a threshold's bound.
    private func unit(of threshold: RunDescription.Threshold, _ definition: MetricDefinition?) -> String {
        guard let definition, threshold.expression.aggregation != .count else { return "" }
        let perSecond = definition.kind == .counter && threshold.expression.aggregation == .rate ? "/s" : ""
        return switch definition.contains {
        case .time: " ms" + perSecond
        case .data: " B" + perSecond
        case .default: perSecond
        }
    }

    var errors: String {
        let time = { (time: Double) in ReportNumber.length(Swift.max(time - self.result.run.start, 0)) }
        let rows = self.result.errors.sorted.prefix(Self.maximumErrors).map { key, entry -> [ReportTable.Cell] in
            [
                .name(key.name.isEmpty ? key.kind : "\(key.kind) \(key.name)"), .text(key.text), .count(entry.count),
                .number(time(entry.first)), .number(time(entry.last)),
            ]
        }
        let table = ReportTable(header: ["Kind", "Text", "Count", "First after", "Last after"], rows: rows)
        let missing = self.result.errors.entries.count - rows.count
        let note = missing > 0 ? "<p class=\"note\">\(missing) more texts are in the export.</p>\n" : ""
        return table.html(first: Self.firstErrors) + note
    }

    var checks: String {
        let checks = self.result.metrics.checks
        let rows = (checks.filter { $0.fails > 0 } + checks.filter { $0.fails == 0 }).map {
            check -> [ReportTable.Cell] in
            [
                .verdict(check.fails == 0),
                .name(check.group.isEmpty ? check.name : "\(check.group)::\(check.name)"),
                .number(ReportNumber.share(check.total > 0 ? Double(check.passes) / Double(check.total) : 0)),
                .count(check.passes), .count(check.fails),
            ]
        }
        return ReportTable(header: ["Verdict", "Check", "Held", "Passes", "Fails"], rows: rows).html
    }

    var trends: String {
        let rows = self.rows.filter { $0.definition.kind == .trend }.map { row in
            [.name(Self.name(row))] + Self.trendStatistics.map { self.cell($0, row.value, row.definition) }
        }
        return ReportTable(header: ["Metric"] + Self.trendStatistics.map(\.description), rows: rows).html
    }

    var numbers: String {
        let rows = self.rows.compactMap { row -> [ReportTable.Cell]? in
            let cell = { (aggregation: Aggregation) in self.cell(aggregation, row.value, row.definition) }
            let name = ReportTable.Cell.name(Self.name(row))
            return switch row.value {
            case .counter: [name, cell(.count), cell(.rate)]
            case .gauge: [name, cell(.value), .number("\(cell(.minimum).text) to \(cell(.maximum).text)")]
            case .rate(let passes, let total):
                [
                    name, cell(.rate),
                    .number("\(ReportNumber.plain(Double(passes))) of \(ReportNumber.plain(Double(total)))"),
                ]
            case .trend: nil
            }
        }
        return ReportTable(header: ["Metric", "Value", "Rate or range"], rows: rows).html
    }

    func cell(_ aggregation: Aggregation, _ value: MetricValue, _ definition: MetricDefinition) -> ReportTable.Cell {
        let number = value.value(of: aggregation, seconds: self.result.run.seconds, unit: definition.unit) ?? 0
        let text = ReportNumber.value(number, of: aggregation, definition)
        let exact = number.short(6)
        return .number(text, exact: definition.contains == .time || text.hasPrefix(exact) ? "" : exact)
    }

    private var rows: [SummarySection.Row] { SummarySection.sections(of: self.result).flatMap(\.rows) }

    private static func name(_ row: SummarySection.Row) -> String {
        row.isPart ? "\u{2003}\(row.name)" : row.name
    }
}
