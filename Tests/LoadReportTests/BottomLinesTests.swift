import LoadPlan
import Testing

@testable import LoadReport

struct BottomLinesTests {
    private func line(_ text: String) -> ScreenLine {
        ScreenLine([ScreenCell(text)], gap: 2, width: 200, TerminalStyle(hasColor: false))
    }

    /// Without the requests for synchronized output and for lines that are not broken.
    private func core(_ text: String) -> Substring {
        var text = text[...]
        #expect(text.hasPrefix("\u{1B}[?2026h") && text.hasSuffix("\u{1B}[?2026l"))
        text = text.dropFirst(8).dropLast(8)
        return Substring(text.replacing("\u{1B}[?7l", with: "").replacing("\u{1B}[?7h", with: ""))
    }

    private func scrolled(_ lines: inout BottomLines, _ output: String, columns: Int = 80) -> Substring {
        self.core(String(decoding: lines.scroll(Array(output.utf8)[...], columns: columns), as: UTF8.self))
    }

    @Test func linesAreWrittenOverTheirOldText() {
        var lines = BottomLines()
        #expect(
            self.core(lines.show([self.line("one"), self.line("two")], columns: 80)) == "one\u{1B}[K\ntwo\u{1B}[K\n")
        let again = lines.show([self.line("one"), self.line("2")], columns: 80)
        #expect(self.core(again) == "\r\u{1B}[2Aone\u{1B}[K\n2\u{1B}[K\n")
    }

    @Test func onlyFewerLinesEraseBelow() {
        var lines = BottomLines()
        _ = lines.show([self.line("one"), self.line("two")], columns: 80)
        #expect(self.core(lines.show([self.line("1")], columns: 80)) == "\r\u{1B}[2A1\u{1B}[K\n\u{1B}[J")
        #expect(
            self.core(lines.show([self.line("1"), self.line("2")], columns: 80)) == "\r\u{1B}[1A1\u{1B}[K\n2\u{1B}[K\n")
    }

    @Test func linesAreNotBroken() {
        var lines = BottomLines()
        let text = lines.show([self.line("one")], columns: 80)
        #expect(text == "\u{1B}[?2026h\u{1B}[?7lone\u{1B}[K\n\u{1B}[?7h\u{1B}[?2026l")
    }

    @Test func outputTakesTheRowsOfTheLines() {
        var lines = BottomLines()
        _ = lines.show([self.line("one"), self.line("two")], columns: 80)
        #expect(
            self.scrolled(&lines, "a\nb\nc\n")
                == "\r\u{1B}[2Aa\u{1B}[K\nb\u{1B}[K\nc\none\u{1B}[K\ntwo\u{1B}[K\n")
    }

    @Test(arguments: [String(repeating: "ö", count: 40), "\u{1B}[1mx", "a\tb", "a\rb", "\u{85}x"])
    func outputThatMayTakeMoreRowsErasesThemAll(text: String) {
        var lines = BottomLines()
        _ = lines.show([self.line("one"), self.line("two"), self.line("three")], columns: 80)
        let all = "one\u{1B}[K\ntwo\u{1B}[K\nthree\u{1B}[K\n"
        #expect(self.scrolled(&lines, "a\n\(text)\nb\n") == "\r\u{1B}[3Aa\u{1B}[K\n\u{1B}[J\(text)\nb\n" + all)
    }

    /// Of a row that is full, erasing the rest would erase the last character.
    @Test func longOutputTakesMoreRows() {
        let x = { String(repeating: "x", count: $0) }
        let lines = [self.line("one"), self.line("two"), self.line("three")]
        let all = "one\u{1B}[K\ntwo\u{1B}[K\nthree\u{1B}[K\n"
        for (output, written) in [
            (x(79), x(79) + "\u{1B}[K\na\u{1B}[K\nb\u{1B}[K\nc\n"), (x(80), x(80) + "\na\u{1B}[K\nb\u{1B}[K\nc\n"),
            (x(81), x(81) + "\u{1B}[K\na\u{1B}[K\nb\nc\n"), (x(160), x(160) + "\na\u{1B}[K\nb\nc\n"),
            (x(999), x(999) + "\u{1B}[K\na\nb\nc\n"), ("", "\u{1B}[K\na\u{1B}[K\nb\u{1B}[K\nc\n"),
        ] {
            var bottom = BottomLines()
            _ = bottom.show(lines, columns: 80)
            #expect(self.scrolled(&bottom, "\(output)\na\nb\nc\n") == "\r\u{1B}[3A" + written + all)
        }
    }

    @Test func outputWithoutLinesIsAsItWas() {
        var lines = BottomLines()
        #expect(self.scrolled(&lines, "a\n\nb\n") == "a\n\nb\n")
    }

    /// A terminal that became narrower has broken the lines, until they are drawn again.
    @Test func narrowerTerminalHasMoreRows() {
        var lines = BottomLines()
        let long = self.line(String(repeating: "x", count: 79))
        _ = lines.show([long, self.line("two"), self.line("")], columns: 80)
        let redrawn = self.scrolled(&lines, "a\n", columns: 40)
        #expect(redrawn.hasPrefix("\r\u{1B}[4Aa\u{1B}[K\n"))
        // Its columns are those that it has now.
        let next = self.core(lines.show([self.line("1"), self.line("2"), self.line("3")], columns: 40))
        #expect(next == "\r\u{1B}[3A1\u{1B}[K\n2\u{1B}[K\n3\u{1B}[K\n")
    }

    /// Output comes before the lines for a new size are shown.
    @Test func preparedLinesFollowTheNextOutput() {
        var lines = BottomLines()
        _ = lines.show([self.line("one"), self.line("two"), self.line("three")], columns: 80)
        lines.prepare([self.line("1")])
        #expect(self.scrolled(&lines, "a\n", columns: 40) == "\r\u{1B}[3Aa\u{1B}[K\n1\u{1B}[K\n\u{1B}[J")
        #expect(lines.clear(columns: 40) == "\r\u{1B}[1A\u{1B}[J")
    }

    @Test func rowsOfBrokenLinesVanish() {
        var lines = BottomLines()
        _ = lines.show([self.line(String(repeating: "x", count: 79))], columns: 80)
        #expect(self.core(lines.show([self.line("1")], columns: 20)) == "\r\u{1B}[4A1\u{1B}[K\n\u{1B}[J")
    }

    @Test func endRemovesTheLines() {
        var lines = BottomLines()
        #expect(lines.clear(columns: 80) == "")
        _ = lines.show([self.line("one"), self.line("two")], columns: 80)
        #expect(lines.clear(columns: 80) == "\r\u{1B}[2A\u{1B}[J")
        #expect(lines.clear(columns: 80) == "")
        #expect(self.scrolled(&lines, "a\n") == "a\n")
    }
}
