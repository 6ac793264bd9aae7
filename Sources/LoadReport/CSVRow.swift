/// A line of a CSV file (RFC 4180).
enum CSVRow {
    static func text(_ fields: [String], lineBreak: String) -> String {
        fields.map(Self.field).joined(separator: ",") + lineBreak
    }

    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
