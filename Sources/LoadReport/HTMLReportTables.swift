import LoadPlan
import Metrics

/// The tables of a report; empty where a run has nothing to show in one.
enum HTMLReportTables {
    private static let trendStatistics: [Aggregation] = [
        .count, .average, .minimum, .median, .percentile(90), .percentile(95), .percentile(99), .percentile(99.9),
        .maximum,
    ]

    static func thresholds(_ result: RunResult) -> String {
        let rows = result.run.thresholds.map { threshold in
            [
                threshold.passed ? "✓ passed" : "✗ failed", threshold.selector.description,
                threshold.expression.description,
                [result.text(ofValueOf: threshold), result.absence(of: threshold)].compactMap(\.self).joined(
                    separator: ", "),
            ]
        }
        return rows.isEmpty ? "" : HTMLText.table(["Verdict", "Metric", "Demanded", "Was"], textColumns: 3, rows)
    }

    static func trends(_ result: RunResult) -> String {
        let rows = Self.rows(result).compactMap { row -> [String]? in
            guard row.definition.kind == .trend else { return nil }
            return [Self.name(row)]
                + Self.trendStatistics.map { aggregation in
                    let value = row.value.value(
                        of: aggregation, seconds: result.run.seconds, unit: row.definition.unit)
                    return NumberText.text(of: aggregation, value ?? 0, row.definition)
                }
        }
        let header = ["Metric"] + Self.trendStatistics.map(\.description)
        return rows.isEmpty ? "" : HTMLText.table(header, textColumns: 1, rows)
    }

    static func numbers(_ result: RunResult) -> String {
        let rows = Self.rows(result).compactMap { row -> [String]? in
            let text = { (aggregation: Aggregation) in
                let value = row.value.value(of: aggregation, seconds: result.run.seconds, unit: row.definition.unit)
                return NumberText.value(value ?? 0, of: row.definition)
            }
            return switch row.value {
            case .counter: [Self.name(row), text(.count), text(.rate) + "/s"]
            case .gauge: [Self.name(row), text(.value), "min \(text(.minimum)), max \(text(.maximum))"]
            case .rate(let passes, let total): [Self.name(row), text(.rate), "\(passes) out of \(total)"]
            case .trend: nil
            }
        }
        return rows.isEmpty ? "" : HTMLText.table(["Metric", "Value", ""], textColumns: 1, rows)
    }

    static func checks(_ result: RunResult) -> String {
        let rows = result.metrics.checks.map { check in
            let share = check.total > 0 ? Double(check.passes) / Double(check.total) : 0
            return [
                check.fails == 0 ? "✓" : "✗", check.group.isEmpty ? check.name : "\(check.group)::\(check.name)",
                NumberText.percentage(share), String(check.passes), String(check.fails),
            ]
        }
        return rows.isEmpty ? "" : HTMLText.table(["", "Check", "Held", "Passes", "Fails"], textColumns: 2, rows)
    }

    static func errors(_ result: RunResult) -> String {
        let time = result.timeText(of:)
        let rows = result.errors.sorted.map { key, entry in
            [
                key.name.isEmpty ? key.kind : "\(key.kind) \(key.name)", key.text, String(entry.count),
                time(entry.first), time(entry.last),
            ]
        }
        return rows.isEmpty ? "" : HTMLText.table(["Kind", "Text", "Count", "First", "Last"], textColumns: 2, rows)
    }

    private static func rows(_ result: RunResult) -> [SummarySection.Row] {
        SummarySection.sections(of: result).flatMap(\.rows)
    }

    private static func name(_ row: SummarySection.Row) -> String {
        row.isPart ? "\u{2003}\(row.name)" : row.name
    }
}
