/// A text on one line of a terminal.
package enum TerminalLine {
    /// The beginning of a text without control characters that fits, with `…` for the rest.
    ///
    /// - Parameter columns: those of the terminal.
    package static func cut(_ text: String, columns: Int) -> String {
        if Self.isSimple(text), text.utf8.count <= columns { return text }
        var used = 0
        // The end of the text that leaves a column for the ellipsis.
        var end = text.unicodeScalars.startIndex
        for index in text.unicodeScalars.indices {
            let width = Self.width(text.unicodeScalars[index])
            if used + width > columns { return String(text.unicodeScalars[..<end]) + (columns > 0 ? "…" : "") }
            used += width
            if used < columns { end = text.unicodeScalars.index(after: index) }
        }
        return text
    }

    /// The columns that a text without control characters takes.
    package static func columns(of text: String) -> Int {
        if Self.isSimple(text) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + Self.width($1) }
    }

    /// Whether each byte is a character of one column.
    private static func isSimple(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x7F } }

    /// The columns of a character: two in the scripts of East Asia and for emoji, none for what combines with the
    /// character before it.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x300: return 1
        // Vowels and ends of syllables, which stand in the columns of their first consonant.
        case 0x1160...0x11FF: return 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F000...0x1FAFF, 0x20000...0x3FFFD:
            return Self.isCombining(scalar) ? 0 : 2
        default: return Self.isCombining(scalar) ? 0 : scalar.properties.isEmojiPresentation ? 2 : 1
        }
    }

    private static func isCombining(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }
}
