import JSONText

/// A part of a line of the live screen.
struct ScreenCell {
    let text: String
    let role: TerminalStyle.Role?
    /// At least so many: the next cell stays in its place while this one's text changes.
    let columns: Int
    /// Whether the text stands at the end of its columns.
    let isNumber: Bool

    /// - Parameter text: what could move the cursor is written out.
    init(_ text: String, _ role: TerminalStyle.Role? = nil, columns: Int = 0, isNumber: Bool = false) {
        self.text = text.printable
        (self.role, self.columns, self.isNumber) = (role, columns, isNumber)
    }
}
