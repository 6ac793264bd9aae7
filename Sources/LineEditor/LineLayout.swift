import CLineEditor

/// The rows of the terminal that a prompt and its line take.
struct LineLayout {
    /// The rows above that of the cursor, and below it.
    private(set) var above = 0
    private(set) var below = 0

    private let columns: Int
    private var row = 0
    private var column = 0

    /// - Parameters:
    ///   - text: the prompt and the line.
    ///   - cursor: the index in `text` of the character under the cursor.
    init(_ text: [Unicode.Scalar], cursor: Int, columns: Int) {
        self.columns = max(columns, 2)
        for (index, character) in text.enumerated() {
            if index == cursor { self.above = self.row }
            self.add(character)
        }
        if cursor >= text.count { self.above = self.row }
        self.below = self.row - self.above
    }

    private mutating func add(_ character: Unicode.Scalar) {
        if character == "\n" { return self.breakLine() }
        let width = self.width(of: character)
        if self.column + width > self.columns { self.breakLine() }
        self.column += width
        if self.column >= self.columns { self.breakLine() }
    }

    private mutating func breakLine() {
        self.row += 1
        self.column = 0
    }

    private func width(of character: Unicode.Scalar) -> Int {
        if character == "\t" { return 8 - self.column % 8 }
        // Shown as ^A.
        if character.value < 32 || character.value == 127 { return 2 }
        return max(0, Int(line_editor_width(wchar_t(bitPattern: character.value))))
    }
}
