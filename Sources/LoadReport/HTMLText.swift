import JSONText

enum HTMLText {
    /// For an element's text or an attribute. Control characters are written out, but for line breaks and tabs.
    static func escape(_ text: String) -> String {
        VisibleText.lines(text).escaped { byte in
            switch byte {
            case UInt8(ascii: "&"): "&amp;"
            case UInt8(ascii: "<"): "&lt;"
            case UInt8(ascii: ">"): "&gt;"
            case UInt8(ascii: "\""): "&quot;"
            case UInt8(ascii: "'"): "&#39;"
            default: nil
            }
        }
    }

    /// A table in a box of its own, which scrolls where the page is narrow.
    /// - Parameter textColumns: the first columns, which are text; those after them are numbers.
    static func table(_ header: [String], textColumns: Int, _ rows: [[String]]) -> String {
        let cell = { (tag: String, index: Int, text: String) in
            "<\(tag)\(Self.attribute(text, isNumber: index >= textColumns))>\(text)</\(tag)>"
        }
        let line = { (tag: String, cells: [String]) in
            "<tr>" + cells.enumerated().map { cell(tag, $0.offset, Self.escape($0.element)) }.joined() + "</tr>\n"
        }
        return "<div class=\"scroll\"><table>\n<thead>\(line("th", header))</thead>\n<tbody>"
            + rows.map { line("td", $0) }.joined() + "</tbody></table></div>\n"
    }

    /// A cell that begins with a mark has its colour.
    private static func attribute(_ text: String, isNumber: Bool) -> String {
        if isNumber { return " class=\"n\"" }
        if text.hasPrefix("✓") { return " class=\"passed\"" }
        return text.hasPrefix("✗") ? " class=\"failed\"" : ""
    }
}
