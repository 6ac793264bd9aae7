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
    /// Without what would move a terminal's cursor: texts come from scripts and servers.
    var printable: String {
        guard self.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return self.unicodeScalars.map { scalar in
            switch scalar {
            case "\n": "\\n"
            case "\t": " "
            case _ where scalar.properties.generalCategory == .control: "\u{FFFD}"
            default: String(scalar)
            }
        }.joined()
    }

    /// Filled with spaces up to so many characters.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(width - self.count, 0)) }
}
