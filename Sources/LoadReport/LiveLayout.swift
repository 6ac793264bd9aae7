/// The lines of the live screen: each part has lines by what is urgent and by what there is.
package struct LiveLayout {
    private let view: LiveView
    private let width: Int
    /// The most lines.
    private let room: Int
    private let style: TerminalStyle

    /// From here on, lists stand side by side.
    private static let wide = 140
    /// Rows that empty lines do not take.
    private static let spare = 4
    /// Columns between them.
    private static let gutter = 3

    /// - Parameters:
    ///   - width: the terminal's columns; the last one stays free.
    ///   - height: its rows; the last one stays free for the cursor.
    package init(_ view: LiveView, width: Int, height: Int, hasColor: Bool) {
        self.view = view
        self.width = max(width - 1, 1)
        self.room = max(height - 1, 1)
        self.style = TerminalStyle(hasColor: hasColor)
    }

    /// All lines, none wider than the terminal, and fewer than it has rows.
    package var lines: [ScreenLine] {
        let blocks = LiveBlocks(self.view, width: self.width, room: self.room, style: self.style)
        let first = blocks.line([ScreenCell(self.view.progress.line)])
        let last = self.view.progress.waiting.map { [blocks.line([ScreenCell($0, .heading)])] } ?? []
        let room = self.room - 1 - last.count
        let isWide = self.width >= Self.wide && self.hasBothSides
        let body = isWide ? self.columns(blocks, room) : self.list(blocks, room)
        return Array(([first] + body + last).prefix(self.room))
    }

    private var hasBothSides: Bool {
        self.view.thresholds.count + self.view.checks.count > 0 && self.view.errors.count + self.view.names.count > 0
    }

    /// Everything below each other.
    private func list(_ blocks: LiveBlocks, _ room: Int) -> [ScreenLine] {
        let all = [blocks.scenarios, blocks.figures, blocks.thresholds, blocks.checks, blocks.errors, blocks.names]
        // Checks that all hold can wait.
        let hasFailedChecks = self.view.passes < self.view.checked
        return self.lines(of: all, room, priority: hasFailedChecks ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 4, 3, 5], blocks)
    }

    /// Scenarios and figures over the whole width; below, what shall hold to the left, what happened to the right.
    private func columns(_ whole: LiveBlocks, _ room: Int) -> [ScreenLine] {
        let half = (self.width - Self.gutter) / 2
        let blocks = LiveBlocks(self.view, width: half, room: self.room, style: self.style)
        let sides = [[blocks.thresholds, blocks.checks], [blocks.errors, blocks.names]]
        let wanted = sides.map { side in side.reduce(0) { $0 + $1.wanted } }.max() ?? 0
        let above = self.lines(
            of: [whole.scenarios, whole.figures], max(room - wanted, room / 2), priority: [0, 1], whole)
        let lists = sides.map { self.lines(of: $0, room - above.count, priority: [0, 1], blocks) }
        let below = (0..<max(lists[0].count, lists[1].count)).map { index in
            var line = index < lists[0].count ? lists[0][index] : ScreenLine()
            if index < lists[1].count { line.append(lists[1][index], at: half + Self.gutter) }
            return line
        }
        return above + below
    }

    /// With an empty line before each heading if there is room for all, and some for what scripts print.
    private func lines(of parts: [LiveBlock], _ room: Int, priority: [Int], _ blocks: LiveBlocks) -> [ScreenLine] {
        let budget = parts.budget(room, priority: priority)
        let headings = parts.count { !$0.heading.isEmpty && $0.wanted > 0 }
        let isLoose = parts.reduce(headings) { $0 + $1.wanted } + Self.spare <= room
        return zip(parts, budget).flatMap { part, count in
            let lines = part.lines(count, blocks.line)
            return isLoose && !part.heading.isEmpty && !lines.isEmpty ? [ScreenLine()] + lines : lines
        }
    }
}
