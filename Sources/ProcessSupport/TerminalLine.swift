/// A text on one line of a terminal.
package enum TerminalLine {
    /// The beginning of a text without control characters that fits, with `…` for the rest.
    ///
    /// - Parameter columns: those of the terminal.
    package static func cut(_ text: String, columns: Int) -> String {
        var used = 0
        // The end of the text that leaves a column for the ellipsis.
        var end = text.unicodeScalars.startIndex
        for index in text.unicodeScalars.indices {
            let width = Self.width(text.unicodeScalars[index])
            if used + width > columns { return String(text.unicodeScalars[..<end]) + "…" }
            used += width
            if used < columns { end = text.unicodeScalars.index(after: index) }
        }
        return text
    }

    /// The columns of a character: two in the scripts of East Asia and for emoji. A combining character counts as one,
    /// so that a line is rather too short.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
