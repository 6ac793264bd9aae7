import JSONText
import Metrics

/// The parts of the live screen for a width.
struct LiveBlocks {
    private let view: LiveView
    private let width: Int
    /// The most rows that a list may get.
    private let room: Int
    private let style: TerminalStyle

    /// Lines that are narrower have less in them, and smaller gaps.
    private var isNarrow: Bool { self.width < 60 }

    init(_ view: LiveView, width: Int, room: Int, style: TerminalStyle) {
        (self.view, self.width, self.room, self.style) = (view, width, room, style)
    }

    func line(_ cells: [ScreenCell]) -> ScreenLine {
        ScreenLine(cells, gap: self.isNarrow ? 1 : 2, width: self.width, self.style)
    }

    var scenarios: LiveBlock {
        let scenarios = self.view.progress.scenarios
        let longest = scenarios.map { TerminalLine.columns(of: $0.name.printable) }.max() ?? 0
        let names = min(longest, max(self.width / 3, 8))
        let rows = scenarios.prefix(self.room).map { scenario in
            self.line([ScreenCell(scenario.bar(in: self.view.progress, names: names, width: self.width), .value)])
        }
        return LiveBlock(rows: rows, count: scenarios.count, things: "scenarios")
    }

    /// Figures of one width each, as many in a line as fit.
    var figures: LiveBlock {
        let figures = self.view.figures
        var groups: [[ScreenCell]] = [
            [
                ScreenCell("sent \(Self.rate(figures.sent))", columns: 14),
                ScreenCell("received \(Self.rate(figures.received))", columns: 18),
                ScreenCell("errors \(figures.errors)", figures.errors > 0 ? .bad : nil, columns: 13),
            ]
        ]
        let names = figures.times.map(\.name.count).max() ?? 0
        for times in figures.times {
            let statistics = times.statistics
            let values = [("p50", statistics?.p50), ("p95", statistics?.p95), ("p99", statistics?.p99)]
            let cells = values.map { ScreenCell(Self.time($0, $1), columns: 12) }
            groups.append([ScreenCell(times.name, columns: names)] + cells)
        }
        let rows = self.flow(groups)
        return LiveBlock(rows: rows, count: rows.count, isOptional: true)
    }

    var thresholds: LiveBlock {
        let list = self.view.thresholds
        let longest = list.rows.map { TerminalLine.columns(of: $0.expression.printable) }.max() ?? 0
        let expressions = min(longest, self.width / 3)
        let rows = list.rows.prefix(self.room).map { threshold in
            let expression = TerminalLine.cut(threshold.expression.printable, columns: expressions)
            return self.line([
                self.mark(threshold.state),
                ScreenCell(threshold.value, self.role(threshold.state), columns: 12, isNumber: true),
                ScreenCell(expression, columns: expressions), ScreenCell(threshold.selector),
            ])
        }
        let (failing, evaluated) = (self.view.failing, self.view.evaluated)
        let of = self.isNarrow ? "/" : " of "
        let summary =
            failing > 0
            ? ScreenCell("\(failing)\(of)\(list.count) failing", .bad)
            : ScreenCell(evaluated > 0 ? "\(evaluated)\(of)\(list.count) holding" : "no value yet")
        return LiveBlock(heading: [ScreenCell("THRESHOLDS", .heading), summary], rows: rows, count: list.count)
    }

    var checks: LiveBlock {
        let list = self.view.checks
        let rows = list.rows.prefix(self.room).map { check in
            let state: LiveThreshold.State =
                check.total == 0 ? .waiting : check.fails == 0 ? .holding : .failing
            let counts =
                "\(ReportNumber.plain(Double(check.fails))) of \(ReportNumber.plain(Double(check.total))) failed"
            let name = check.group.isEmpty ? check.name : "\(check.group)::\(check.name)"
            return self.line(
                [self.mark(state), self.share(check.passes, of: check.total, self.role(state))]
                    + (self.isNarrow ? [] : [ScreenCell(counts, columns: 25)]) + [ScreenCell(name)])
        }
        let (passes, checked) = (self.view.passes, self.view.checked)
        let share = checked > 0 ? ReportNumber.share(Double(passes) / Double(checked)) : "0 %"
        let summary = self.isNarrow ? share : "\(share) of \(checked) passed"
        return LiveBlock(
            heading: [ScreenCell("CHECKS", .heading), ScreenCell(summary, passes < checked ? .bad : nil)], rows: rows,
            count: list.count)
    }

    var errors: LiveBlock {
        let list = self.view.errors
        let rows = list.rows.prefix(self.room).map { error in
            self.line([
                ScreenCell(ReportNumber.plain(Double(error.count)), .bad, columns: 7, isNumber: true),
                ScreenCell("\(error.place): \(error.text)"),
            ])
        }
        return LiveBlock(
            heading: [ScreenCell("ERRORS", .heading), ScreenCell("\(self.view.figures.errors)", .bad)], rows: rows,
            count: list.count)
    }

    var names: LiveBlock {
        let list = self.view.names
        let rows = list.rows.prefix(self.room).map { name in
            let hasTime = name.key.kind == .time || name.key.kind == .ack
            return self.line([
                ScreenCell(Self.rate(name.rate), .value, columns: 9, isNumber: true),
                ScreenCell(hasTime ? Self.time("p95", name.p95) : "", columns: 12),
                ScreenCell(name.key.kind.rawValue, columns: 8), ScreenCell(name.key.name.text),
            ])
        }
        return LiveBlock(heading: [ScreenCell("LAST SECOND", .heading)], rows: rows, count: list.count)
    }

    private func flow(_ groups: [[ScreenCell]]) -> [ScreenLine] {
        let gap = self.isNarrow ? 1 : 2
        var lines: [ScreenLine] = []
        var cells: [ScreenCell] = []
        var used = 0
        for group in groups {
            let columns = group.reduce(-gap) { $0 + max($1.columns, TerminalLine.columns(of: $1.text)) + gap }
            if !cells.isEmpty, used + gap + columns > self.width {
                lines.append(self.line(cells))
                (cells, used) = ([], 0)
            }
            cells += columns <= self.width ? group : self.fitting(group, gap: gap)
            used += (used > 0 ? gap : 0) + columns
        }
        return lines + (cells.isEmpty ? [] : [self.line(cells)])
    }

    /// Whole cells as many as fit, but at least one.
    private func fitting(_ group: [ScreenCell], gap: Int) -> [ScreenCell] {
        var end = 0
        var shown: [ScreenCell] = []
        for cell in group {
            guard shown.isEmpty || end + gap + TerminalLine.columns(of: cell.text) <= self.width else { break }
            end += (shown.isEmpty ? 0 : gap) + max(cell.columns, TerminalLine.columns(of: cell.text))
            shown.append(cell)
        }
        return shown
    }

    private func mark(_ state: LiveThreshold.State) -> ScreenCell {
        let (sign, word) =
            switch state {
            case .holding: ("✓", "holds")
            case .failing: ("✗", "fails")
            case .waiting: ("·", "waits")
            }
        return ScreenCell(self.isNarrow ? sign : "\(sign) \(word)", self.role(state))
    }

    private func role(_ state: LiveThreshold.State) -> TerminalStyle.Role {
        switch state {
        case .holding: .good
        case .failing: .bad
        case .waiting: .faint
        }
    }

    private func share(_ part: UInt64, of total: UInt64, _ role: TerminalStyle.Role) -> ScreenCell {
        let text = total > 0 ? ReportNumber.share(Double(part) / Double(total)) : "–"
        return ScreenCell(text, role, columns: 7, isNumber: true)
    }

    private static func rate(_ rate: Double) -> String { rate.short(rate < 9.95 ? 1 : 0) + "/s" }

    private static func time(_ name: String, _ milliseconds: Double?) -> String {
        "\(name)=\(milliseconds.map { NumberText.duration($0) } ?? "–")"
    }
}
