import Metrics

/// A line of a CSV file (RFC 4180).
package enum CSVRow {
    package static func text(_ fields: [String], lineBreak: String) -> String {
        fields.map(Self.field).joined(separator: ",") + lineBreak
    }

    private static func field(_ text: String) -> String {
        let text = Self.isFormula(text) ? "'" + text : text
        // Bytes and not characters: a quote with a combining mark behind it is another character.
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 { bytes += byte == 0x22 ? [0x22, 0x22] : [byte] }
        return String(decoding: bytes + [0x22], as: UTF8.self)
    }

    /// Whether a spreadsheet would calculate with it, and do what a server or a script wrote there.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
        return Double(decimal: text) == nil
    }
}
