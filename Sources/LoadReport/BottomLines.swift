/// Lines that stand at the bottom of a terminal and are redrawn, while other output scrolls above them: the bytes to be
/// written for each change.
///
/// Nothing is cleared that stays: every line is written over its old text, and its rest is erased after that. A
/// terminal that knows synchronized output (mode 2026) shows each change at once; others ignore the request. The cursor
/// is in the row below the lines.
package struct BottomLines: Sendable {
    private var lines: [ScreenLine] = []
    /// The columns that each takes on the terminal, as it was when they were written.
    private var drawn: [Int] = []

    /// Around each change.
    private static let begin = "\u{1B}[?2026h"
    private static let end = "\u{1B}[?2026l"
    /// Around the lines: one that is wider than the program believes must not take two rows.
    private static let cut = "\u{1B}[?7l"
    private static let wrap = "\u{1B}[?7h"
    private static let eraseRight = "\u{1B}[K"
    private static let eraseBelow = "\u{1B}[J"

    package init() {}

    /// Sets the lines that the next output is to have below it; the terminal shows the earlier ones until then.
    package mutating func prepare(_ lines: [ScreenLine]) { self.lines = lines }

    /// Replaces the lines.
    ///
    /// - Parameter columns: those of the terminal, here as below.
    package mutating func show(_ lines: [ScreenLine], columns: Int) -> String {
        let rows = self.rows(columns)
        self.lines = lines
        let below = rows > lines.count ? Self.eraseBelow : ""
        return Self.begin + Self.up(rows) + self.text(columns) + below + Self.end
    }

    /// Writes whole lines above.
    ///
    /// - Parameter output: with a line break at its end.
    package mutating func scroll(_ output: ArraySlice<UInt8>, columns: Int) -> [UInt8] {
        var rows = self.rows(columns)
        var bytes = Array((Self.begin + Self.up(rows)).utf8)
        for line in output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            bytes += Self.over(line, &rows, columns)
        }
        // Those that a narrower terminal has broken in two end further below than they are written now.
        bytes += (self.text(columns) + (rows > self.lines.count ? Self.eraseBelow : "") + Self.end).utf8
        return bytes
    }

    /// Removes the lines.
    package mutating func clear(columns: Int) -> String {
        let rows = self.rows(columns)
        (self.lines, self.drawn) = ([], [])
        return rows == 0 ? "" : Self.up(rows) + Self.eraseBelow
    }

    /// The rows that the lines take: most terminals that became narrower break them.
    private func rows(_ columns: Int) -> Int {
        self.drawn.reduce(0) { $0 + max(($1 + columns - 1) / columns, 1) }
    }

    private mutating func text(_ columns: Int) -> String {
        self.drawn = self.lines.map { min($0.columns, columns) }
        if self.lines.isEmpty { return "" }
        return Self.cut + self.lines.map { $0.text + Self.eraseRight + "\n" }.joined() + Self.wrap
    }

    private static func up(_ rows: Int) -> String { rows == 0 ? "" : "\r\u{1B}[\(rows)A" }

    /// A line of the output, written over the rows that the lines below have there.
    private static func over(_ line: ArraySlice<UInt8>, _ rows: inout Int, _ columns: Int) -> [UInt8] {
        let end = [UInt8(ascii: "\n")]
        if rows == 0 { return line + end }
        guard let taken = Self.rows(of: line, columns) else {
            rows = 0
            return Self.eraseBelow.utf8 + line + end
        }
        rows = max(rows - taken, 0)
        // A full row has no rest, and erasing it would take its last character.
        return line + (line.isEmpty || line.count % columns != 0 ? Array(Self.eraseRight.utf8) : []) + end
    }

    /// The rows that a line takes; nil where only the terminal knows: with control characters, some of which begin with
    /// the byte C2 in UTF-8, or with bytes that are less than a column each and may reach a row's end.
    private static func rows(of line: ArraySlice<UInt8>, _ columns: Int) -> Int? {
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0xC2 }),
            line.count < columns || line.allSatisfy({ $0 < 0x80 })
        else { return nil }
        return max((line.count + columns - 1) / columns, 1)
    }
}
