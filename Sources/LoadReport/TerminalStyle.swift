import JSONText

/// Colours of a terminal, or none.
struct TerminalStyle {
    enum Role: String {
        case heading = "1"
        case faint = "2"
        case value = "36"
        case good = "32"
        case bad = "31"
    }

    let hasColor: Bool

    func callAsFunction(_ text: String, _ role: Role) -> String {
        self.hasColor && !text.isEmpty ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// On one line of a terminal: texts come from scripts and servers.
    var printable: String { VisibleText.line(self) }

    /// Filled with spaces up to so many characters.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(width - self.count, 0)) }
}
