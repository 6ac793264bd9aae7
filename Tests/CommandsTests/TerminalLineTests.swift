import Testing

@testable import ProcessSupport

@Suite struct TerminalLineTests {
    @Test(arguments: [
        ("", 5, ""), ("abcde", 5, "abcde"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("öäüöä", 5, "öäüöä"),
        ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"), ("a日本", 4, "a日…"), ("👋👋👋", 4, "👋…"),
    ])
    func textIsCutToTheColumns(text: String, columns: Int, shown: String) {
        #expect(TerminalLine.cut(text, columns: columns) == shown)
    }
}
