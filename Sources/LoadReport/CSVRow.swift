import JSONText
import Metrics

/// A line of a CSV file (RFC 4180).
package enum CSVRow {
    package static func text(_ fields: [String], lineBreak: String) -> String {
        fields.map(Self.field).joined(separator: ",") + lineBreak
    }

    private static func field(_ text: String) -> String {
        let text = Self.isFormula(text) ? "'" + text : text
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"\(text.escaped { $0 == UInt8(ascii: "\"") ? "\"\"" : nil })\""
    }

    /// Whether a spreadsheet would calculate with it, and do what a server or a script wrote there.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
        return Double(decimal: text) == nil
    }
}
