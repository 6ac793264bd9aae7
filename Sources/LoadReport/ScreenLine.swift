import JSONText

/// A line of the live screen, with its colours.
package struct ScreenLine: Equatable, Sendable {
    package private(set) var text = ""
    /// Those of the terminal that the text takes.
    package private(set) var columns = 0

    package init() {}

    /// Cells side by side; those that have no room are cut.
    ///
    /// - Parameters:
    ///   - gap: columns between two cells.
    ///   - width: columns of the line.
    init(_ cells: [ScreenCell], gap: Int, width: Int, _ style: TerminalStyle) {
        // Spaces are written before a text only, so that no line ends with them.
        var start = 0
        for cell in cells {
            let columns = TerminalLine.columns(of: cell.text)
            let padding = max(cell.columns - columns, 0)
            if !cell.text.isEmpty {
                self.append(cell, at: start + (cell.isNumber ? padding : 0), width: width, style)
            }
            start += columns + padding + gap
        }
    }

    /// Puts another line to the right of this one.
    ///
    /// - Parameter column: the first column of the other line.
    mutating func append(_ line: ScreenLine, at column: Int) {
        if line.columns == 0 { return }
        self.text += String(repeating: " ", count: max(column - self.columns, 0)) + line.text
        self.columns = max(column, self.columns) + line.columns
    }

    private mutating func append(_ cell: ScreenCell, at column: Int, width: Int, _ style: TerminalStyle) {
        let text = TerminalLine.cut(cell.text, columns: width - column)
        if text.isEmpty { return }
        self.text += String(repeating: " ", count: column - self.columns)
        self.text += cell.role.map { style(text, $0) } ?? text
        self.columns = column + TerminalLine.columns(of: text)
    }
}
