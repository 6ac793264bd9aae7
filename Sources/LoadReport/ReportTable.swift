/// A table of a report, in a box that scrolls by itself where the page is narrow.
struct ReportTable {
    struct Cell {
        enum Kind: String { case name = "", text, number = "n", passed, failed }

        let kind: Kind
        let text: String
        /// The figure with all of its digits.
        let exact: String

        private init(_ kind: Kind, _ text: String, exact: String = "") {
            (self.kind, self.text, self.exact) = (kind, text, exact == text ? "" : exact)
        }

        /// A name, which is not broken inside a word.
        static func name(_ text: String) -> Self { Self(.name, text) }
        /// A text of others, which may have no place to break. The end of a long one opens.
        static func text(_ text: String) -> Self { Self(.text, text) }
        static func number(_ text: String, exact: String = "") -> Self { Self(.number, text, exact: exact) }
        static func count(_ count: UInt64) -> Self {
            Self(.number, ReportNumber.plain(Double(count)), exact: String(count))
        }
        static func verdict(_ passed: Bool) -> Self { Self(passed ? .passed : .failed, passed ? "✓ held" : "✗ failed") }
        /// While the run goes on.
        static func state(_ holds: Bool) -> Self {
            Self(holds ? .passed : .failed, holds ? "✓ holds now" : "✗ fails now")
        }

        fileprivate var html: String {
            let kind = self.kind == .name ? "" : " class=\"\(self.kind.rawValue)\""
            let exact = self.exact.isEmpty ? "" : " title=\"\(HTMLText.escape(self.exact))\""
            return "<td\(kind)\(exact)>\(self.content)</td>"
        }

        private var content: String {
            guard self.kind == .text, self.text.count > Self.longestOpenText else { return HTMLText.escape(self.text) }
            let start = self.text.prefix(Self.longestOpenText)
            let rest = HTMLText.escape(String(self.text[start.endIndex...]))
            return "<details><summary>\(HTMLText.escape(String(start)))…</summary>…\(rest)</details>"
        }

        /// In characters: about ten lines on a phone.
        private static let longestOpenText = 240
    }

    /// The names of the columns; those of numbers stand to the right.
    let header: [String]
    let rows: [[Cell]]

    /// Empty without rows.
    var html: String {
        guard let first = self.rows.first else { return "" }
        let names = zip(self.header, first).map { name, cell in
            "<th scope=\"col\"\(cell.kind == .number ? " class=\"n\"" : "")>\(HTMLText.escape(name))</th>"
        }
        let rows = self.rows.map { "<tr>\($0.map(\.html).joined())</tr>\n" }
        return "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>\(names.joined())</tr></thead>\n<tbody>"
            + rows.joined() + "</tbody></table></div>\n"
    }

    /// The first rows, and the others in a part of the page that opens.
    func html(first: Int) -> String {
        guard self.rows.count > first else { return self.html }
        let start = ReportTable(header: self.header, rows: Array(self.rows.prefix(first)))
        let rest = ReportTable(header: self.header, rows: Array(self.rows.dropFirst(first)))
        return start.html + "<details><summary>\(rest.rows.count) more</summary>\n\(rest.html)</details>\n"
    }
}
