import Testing

@testable import LineEditor

@Suite struct LineLayoutTests {
    private func layout(_ text: String, cursor: Int? = nil, columns: Int = 10) -> LineLayout {
        let text = Array(text.unicodeScalars)
        return LineLayout(text, cursor: cursor ?? text.count, columns: columns)
    }

    @Test func linesThatFit() {
        #expect(self.layout("> abc").above == 0)
        #expect(self.layout("> abc").below == 0)
    }

    @Test func rowsAboveAndBelowTheCursor() {
        let text = "> " + String(repeating: "a", count: 25)
        #expect(self.layout(text).above == 2)
        #expect(self.layout(text, cursor: 2).above == 0)
        #expect(self.layout(text, cursor: 2).below == 2)
        #expect(self.layout(text, cursor: 15).above == 1)
        #expect(self.layout(text, cursor: 15).below == 1)
    }

    @Test func aFullRowPutsTheCursorIntoTheNext() {
        #expect(self.layout("> 12345678").above == 1)
    }

    @Test func controlCharactersAndTabsAsTheyAreShown() {
        #expect(self.layout("> 123456\u{1}").above == 1)
        #expect(self.layout("> 12345\t").above == 0)
        #expect(self.layout("> 123456\t").above == 1)
        #expect(self.layout("> a\nb").above == 1)
    }
}
