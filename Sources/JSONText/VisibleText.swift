/// Text of others - scripts, servers, files - as it is shown to a person: what could move a terminal's cursor, fake a
/// line or turn the text around it is written out, as `\\r` or `\\u{1b}`.
package enum VisibleText {
    /// On one line, whatever is in it.
    package static func line(_ text: String) -> String { Self.escaped(text, keepsLines: false) }

    /// Line breaks and tabs stay.
    package static func lines(_ text: String) -> String { Self.escaped(text, keepsLines: true) }

    /// As ``lines(_:)``; a line after the first is indented where it does not begin with white space, so that it cannot
    /// be taken for one of the program's own.
    package static func entry(_ text: String) -> String {
        let text = self.lines(text)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count > 1 else { return text }
        return lines.enumerated().map { number, line in
            let isIndented = line.isEmpty || line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
            return (number == 0 || isIndented ? "" : "    ") + String(Substring(line))
        }.joined(separator: "\n")
    }

    /// JSON of one line: everything hidden is escaped as JSON has it, so that the value stays the same.
    package static func json(_ text: String) -> String {
        guard text.utf8.contains(where: { !(0x20..<0x7F).contains($0) }) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard Self.isHidden(scalar) else {
                shown.append(scalar)
                continue
            }
            // Controls, and everything else that is hidden, stand inside strings and have at most four digits.
            let digits = String(scalar.value, radix: 16)
            let escape = "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            shown.append(contentsOf: escape.unicodeScalars)
        }
        return String(shown)
    }

    private static func escaped(_ text: String, keepsLines: Bool) -> String {
        guard text.utf8.contains(where: { !(0x20..<0x7F).contains($0) }) else { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where !keepsLines: shown.append(contentsOf: "\\n".unicodeScalars)
            case "\t" where !keepsLines: shown.append(contentsOf: "\\t".unicodeScalars)
            case "\n", "\t": shown.append(scalar)
            case "\r": shown.append(contentsOf: "\\r".unicodeScalars)
            case _ where Self.isHidden(scalar):
                shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// Controls, other ends of a line, and what changes the direction of text; joiners, as emoji have them, stay.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
