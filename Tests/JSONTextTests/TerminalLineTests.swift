import Testing

@testable import JSONText

struct TerminalLineTests {
    @Test(arguments: [
        ("", 5, ""), ("abcde", 5, "abcde"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("öäüöä", 5, "öäüöä"),
        ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("a日本", 4, "a日…"), ("👋👋👋", 4, "👋…"),
    ])
    func textIsCutToTheColumns(text: String, columns: Int, shown: String) {
        #expect(TerminalLine.cut(text, columns: columns) == shown)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("öä", 2), ("日本", 4), ("한글", 4), ("\u{1112}\u{1161}\u{11AB}", 2), ("e\u{301}", 1),
        ("✅", 2), ("✓", 1), ("👋", 2), ("👩\u{200D}💻", 4), ("…", 1),
    ])
    func columnsAreThoseOfATerminal(text: String, columns: Int) {
        #expect(TerminalLine.columns(of: text) == columns)
    }

    /// Marks take no column of their own, at the last character that fits and at the first that does not.
    @Test func combiningMarksStayWithTheirCharacter() {
        #expect(TerminalLine.cut("ae\u{301}", columns: 2) == "ae\u{301}")
        #expect(TerminalLine.cut("ae\u{301}b", columns: 2) == "a…")
        #expect(TerminalLine.cut("abc", columns: 0) == "")
    }
}
