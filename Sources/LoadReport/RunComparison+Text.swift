import JSONText
import Metrics

extension RunComparison {
    package static func text(ofChange change: Double?) -> String {
        guard let change else { return "–" }
        if change.isInfinite { return "from 0" }
        let text = ReportNumber.digits((change * 10).rounded() / 10)
        return (change > 0 && text != "0" ? "+" : "") + text + " %"
    }

    /// The differences as a table for a terminal, then the verdicts.
    package var text: String {
        let header = ["metric", "figure", "before", "after", "change"]
        let table = [header] + self.rows.map { self.cells($0).map(\.printable) }
        let widths = header.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { cells in
            cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + padding : padding + cell
            }.joined(separator: "  ")
        }
        let verdicts = self.verdicts.map { verdict in
            "\(verdict.passed ? "✓" : "✗") \(verdict.threshold.text.printable)  \(Self.text(of: verdict))"
        }
        return (lines + (verdicts.isEmpty ? [] : [""] + verdicts)).map { $0 + "\n" }.joined()
    }

    static func text(of verdict: Verdict) -> String {
        verdict.change == nil ? "no value in one of the runs" : Self.text(ofChange: verdict.change)
    }

    /// Metric, figure, former value, later value, change.
    func cells(_ row: Row) -> [String] {
        let text = { (value: Double?) in
            value.map { ReportNumber.value($0, of: row.statistic, row.definition) } ?? "–"
        }
        return [
            row.metric, row.statistic.description, text(row.before), text(row.after), Self.text(ofChange: row.change),
        ]
    }
}
