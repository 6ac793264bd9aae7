import LoadPlan
import Metrics

/// The texts of one line of the end summary, before they are brought into columns.
struct SummaryLine {
    enum Content {
        /// A value, then other values in separate columns.
        case single(value: String, extras: [String])
        /// A value, and words about it that are not in a column.
        case explained(value: String, words: String)
        case trend([String])
    }

    let name: String
    let isPart: Bool
    let content: Content

    init(name: String, isPart: Bool = false, content: Content) {
        (self.name, self.isPart, self.content) = (name, isPart, content)
    }

    init(_ row: SummarySection.Row, seconds: Double, statistics: [Aggregation], timeUnit: SummaryTimeUnit?) {
        let unit = row.definition.unit
        let text = { (aggregation: Aggregation) in
            let value = row.value.value(of: aggregation, seconds: seconds, unit: unit) ?? 0
            return NumberText.text(of: aggregation, value, row.definition, timeUnit: timeUnit)
        }
        let content: Content =
            switch row.value {
            case .counter: .single(value: text(.count), extras: [text(.rate) + "/s"])
            case .gauge: .single(value: text(.value), extras: ["min=" + text(.minimum), "max=" + text(.maximum)])
            case .rate(let passes, let total): Self.share(passes, of: total)
            case .trend: .trend(statistics.map { "\($0)=\(text($0))" })
            }
        self.init(name: row.name, isPart: row.isPart, content: content)
    }

    static func checks(_ checks: [CheckResult], seconds: Double) -> [SummaryLine] {
        let passes = checks.reduce(into: 0 as UInt64) { $0.addUpToTheMost($1.passes) }
        let total = checks.reduce(into: 0 as UInt64) { $0.addUpToTheMost($1.total) }
        let rate = NumberText.plain(seconds > 0 ? Double(total) / seconds : 0) + "/s"
        return [
            SummaryLine(name: "checks_total", content: .single(value: String(total), extras: [rate])),
            SummaryLine(name: "checks_succeeded", content: Self.share(passes, of: total)),
            SummaryLine(name: "checks_failed", content: Self.share(total - passes, of: total)),
        ]
    }

    private static func share(_ part: UInt64, of total: UInt64) -> Content {
        .explained(
            value: NumberText.percentage(total > 0 ? Double(part) / Double(total) : 0),
            words: "\(part) out of \(total)")
    }
}

extension NumberText {
    /// A number of a metric: a count has no unit, whatever is counted.
    static func text(
        of aggregation: Aggregation, _ value: Double, _ definition: MetricDefinition, timeUnit: SummaryTimeUnit? = nil
    ) -> String {
        switch (definition.kind, aggregation) {
        case (.trend, .count), (.rate, .count): Self.plain(value)
        default: Self.value(value, of: definition, timeUnit: timeUnit)
        }
    }
}
