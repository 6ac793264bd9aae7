import JSONText
import LoadPlan
import Metrics

/// Two runs side by side: their figures, the changes, and what thresholds on the changes say.
package struct RunComparison {
    struct Row {
        let metric: String
        let statistic: Aggregation
        let definition: MetricDefinition
        /// Nil where the run does not have the figure.
        let before: Double?
        let after: Double?

        /// In percent of the former value; nil without a former value, or if it was 0.
        var change: Double? { RunComparison.change(self.before, self.after) }
    }

    struct Verdict {
        let threshold: ChangeThreshold
        let change: Double?
        let passed: Bool
    }

    let before: RunResult
    let after: RunResult
    let rows: [Row]
    let verdicts: [Verdict]

    package init(before: RunResult, after: RunResult, thresholds: [ChangeThreshold]) {
        (self.before, self.after) = (before, after)
        self.rows = Self.rows(before, after)
        self.verdicts = thresholds.map { threshold in
            let figures = [before, after].map { run in
                run.metrics.value(threshold.selector, threshold.expression.aggregation, seconds: run.run.seconds)
            }
            let change = Self.change(figures[0], figures[1])
            return Verdict(
                threshold: threshold, change: change, passed: change.map(threshold.expression.holds(for:)) ?? false)
        }
    }

    /// Whether all thresholds held; a figure that a run does not have fails them.
    package var holds: Bool { self.verdicts.allSatisfy(\.passed) }

    /// From 0, every increase is infinite.
    fileprivate static func change(_ before: Double?, _ after: Double?) -> Double? {
        guard let before, let after else { return nil }
        if before == after { return 0 }
        return before == 0 ? (after > 0 ? .infinity : -.infinity) : (after - before) / before.magnitude * 100
    }

    private static func rows(_ before: RunResult, _ after: RunResult) -> [Row] {
        let parts = [before, after].map { run in SummarySection.sections(of: run).flatMap(\.rows) }
        var known: Set<MetricSelector> = []
        return (parts[0] + parts[1]).filter { known.insert($0.selector).inserted }.flatMap { part in
            Self.statistics(of: part.definition).map { statistic in
                Row(
                    metric: part.isPart ? part.selector.description : part.name, statistic: statistic,
                    definition: part.definition,
                    before: before.metrics.value(part.selector, statistic, seconds: before.run.seconds),
                    after: after.metrics.value(part.selector, statistic, seconds: after.run.seconds))
            }
        }
    }

    /// Counts of runs of two lengths do not compare, but their rates.
    private static func statistics(of definition: MetricDefinition) -> [Aggregation] {
        switch definition.kind {
        case .trend: [.median, .percentile(95), .percentile(99)]
        case .counter, .rate: [.rate]
        case .gauge: [.maximum]
        }
    }
}

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

    /// Nothing without a threshold.
    private var badge: String {
        guard !self.verdicts.isEmpty else { return "" }
        let word = self.holds ? "passed" : "failed"
        return " <span class=\"badge \(word)\">\(word)</span>"
    }

    private var sentence: String {
        let (count, failed) = (self.verdicts.count, self.verdicts.filter { !$0.passed })
        guard let first = failed.first else {
            return count == 0
                ? "\(self.rows.count) figures of two runs."
                : count == 1 ? "The threshold on the changes held." : "All \(count) thresholds on the changes held."
        }
        let number = count == 1 ? "The threshold" : "\(failed.count) of \(count) thresholds"
        return "\(number) on the changes failed: \(first.threshold.text) (\(Self.text(of: first)))"
            + (failed.count > 1 ? " and others." : ".")
    }

    private static func text(of verdict: Verdict) -> String {
        verdict.change == nil ? "no value in one of the runs" : Self.text(ofChange: verdict.change)
    }

    private func cells(_ row: Row) -> [String] {
        let text = { (value: Double?) in
            value.map { ReportNumber.value($0, of: row.statistic, row.definition) } ?? "–"
        }
        return [
            row.metric, row.statistic.description, text(row.before), text(row.after), Self.text(ofChange: row.change),
        ]
    }

    /// The same as an HTML page.
    package var html: String {
        let verdicts = self.verdicts.map { verdict -> [ReportTable.Cell] in
            [
                .verdict(verdict.passed), .name(verdict.threshold.text), .number(Self.text(of: verdict)),
            ]
        }
        let rows = self.rows.map { row -> [ReportTable.Cell] in
            let cells = self.cells(row)
            return [.name(cells[0]), .name(cells[1])] + cells.dropFirst(2).map { .number($0) }
        }
        let runs = [("Before", self.before.run), ("After", self.after.run)].map { name, run -> [ReportTable.Cell] in
            [
                .name(name), .name(run.name), .name(run.server), .name(Timestamp.readable(seconds: run.start)),
                .number(ReportNumber.length(run.seconds)), .number(String(run.exitCode)), .name(run.version),
            ]
        }
        let columns = ["Run", "Script", "Server", "Start", "Duration", "Exit status", "Version"]
        return HTMLReport.page(
            title: "\(self.after.run.name): two runs compared",
            body: """
                <header><h1>\(HTMLText.escape(self.after.run.name)): two runs compared\(self.badge)</h1>
                <p class="verdict">\(HTMLText.escape(self.sentence))</p></header>
                <section><h2>Runs</h2>
                \(ReportTable(header: columns, rows: runs).html)</section>
                \(verdicts.isEmpty ? "" : "<section><h2>Thresholds</h2>\n")\
                \(ReportTable(header: ["Verdict", "Threshold", "Change"], rows: verdicts).html)\
                \(verdicts.isEmpty ? "" : "</section>\n")\
                <section><h2>Figures</h2>
                \(ReportTable(header: ["Metric", "Figure", "Before", "After", "Change"], rows: rows).html)</section>

                """)
    }
}
