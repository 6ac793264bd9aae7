import JSONText
import LoadPlan
import Metrics

/// The summary at the end of a run, in k6's layout.
package struct EndSummary {
    private let result: RunResult
    private let trendStatistics: [Aggregation]
    private let timeUnit: SummaryTimeUnit?
    private let style: TerminalStyle

    /// Wide enough for most names, so that runs with other metrics look alike.
    private static let minimumNameWidth = 32
    /// Errors that are listed; all are in the export.
    private static let maximumErrors = 20

    /// - Parameter timeUnit: of all times of metrics; nil for the one that fits each.
    package init(
        _ result: RunResult, trendStatistics: [Aggregation] = TrendStatistics.defaults,
        timeUnit: SummaryTimeUnit? = nil, hasColor: Bool
    ) {
        self.result = result
        self.trendStatistics = trendStatistics
        self.timeUnit = timeUnit
        self.style = TerminalStyle(hasColor: hasColor)
    }

    /// The whole summary, with a line break at its end.
    package var text: String {
        var blocks: [[String]] = []
        switch self.result.finding {
        case .failure(let text): blocks.append(["  " + self.style("✗ \(text)", .bad)])
        case .warning(let text): blocks.append(["  " + self.style("warning: \(text)", .bad)])
        case nil: break
        }
        if !self.result.run.thresholds.isEmpty {
            blocks.append(self.heading("THRESHOLDS"))
            blocks += self.thresholds
        }
        blocks.append(self.heading("TOTAL RESULTS"))
        blocks += self.totals
        if !self.result.errors.isEmpty {
            blocks.append(self.heading("ERRORS"))
            blocks.append(self.errors)
        }
        return blocks.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private func heading(_ title: String) -> [String] { ["  " + self.style("█ \(title)", .heading)] }

    private var thresholds: [[String]] {
        var selectors: [MetricSelector] = []
        for threshold in self.result.run.thresholds where !selectors.contains(threshold.selector) {
            selectors.append(threshold.selector)
        }
        return selectors.map { selector in
            ["    " + "\(selector)".printable]
                + self.result.run.thresholds.filter { $0.selector == selector }.map { threshold in
                    let value = [
                        self.result.text(ofValueOf: threshold, timeUnit: self.timeUnit),
                        self.result.absence(of: threshold).map { "(\($0.printable))" },
                    ].compactMap(\.self).joined(separator: " ")
                    let verdict = "'\(threshold.expression)' \(threshold.expression.aggregation)=\(value)"
                    return "    \(self.mark(threshold.passed)) \(verdict)"
                }
        }
    }

    private func mark(_ passed: Bool) -> String { passed ? self.style("✓", .good) : self.style("✗", .bad) }

    private var totals: [[String]] {
        let checks = self.result.metrics.checks
        let sections = SummarySection.sections(of: self.result)
        var lines: [SummaryLine] = []
        if !checks.isEmpty { lines = SummaryLine.checks(checks, seconds: self.result.run.seconds) }
        let checkLines = lines.count
        for row in sections.flatMap(\.rows) {
            lines.append(
                SummaryLine(
                    row, seconds: self.result.run.seconds, statistics: self.trendStatistics, timeUnit: self.timeUnit))
        }
        let names = lines.map { $0.name.count + ($0.isPart ? 2 : 0) }
        let layout = SummaryLayout(
            lines, nameWidth: Swift.max(Self.minimumNameWidth, names.max() ?? 0) + 3, style: self.style)

        var blocks: [[String]] = []
        if !checks.isEmpty {
            blocks.append(layout.texts(of: Array(lines.prefix(checkLines))))
            blocks.append(checks.flatMap(self.lines(of:)))
        }
        var next = checkLines
        var block: [String] = []
        for section in sections {
            block.append("    " + self.style(section.title, .heading))
            block += layout.texts(of: Array(lines[next..<next + section.rows.count]))
            next += section.rows.count
        }
        if !block.isEmpty { blocks.append(block) }
        return blocks
    }

    private func lines(of check: CheckResult) -> [String] {
        let first = "    \(self.mark(check.fails == 0)) \(check.name.printable)"
        guard check.fails > 0 else { return [first] }
        let share = (Double(check.passes) / Double(check.total) * 100).truncated(0)
        return [first, "      ↳  \(share)% — ✓ \(check.passes) / ✗ \(check.fails)"]
    }

    private var errors: [String] {
        let errors = self.result.errors.sorted
        let width = errors.map { String($0.entry.count).count }.max() ?? 0
        var lines = errors.prefix(Self.maximumErrors).map { key, entry in
            let count = String(entry.count)
            let place = key.name.isEmpty ? key.kind : "\(key.kind) \(key.name.printable)"
            let padding = String(repeating: " ", count: width - count.count)
            return "    \(padding)\(self.style(count, .bad))  \(place): \(key.text.printable) "
                + self.style("(\(self.times(of: entry)))", .faint)
        }
        if errors.count > lines.count { lines.append("    and \(errors.count - lines.count) more") }
        return lines
    }

    private func times(of entry: ErrorTable.Entry) -> String {
        let time = self.result.timeText(of:)
        return entry.count == 1
            ? "after \(time(entry.first))" : "first after \(time(entry.first)), last \(time(entry.last))"
    }
}
