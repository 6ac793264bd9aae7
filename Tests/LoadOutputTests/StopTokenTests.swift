import Testing

@testable import LoadOutput

/// The secret that a request to stop a run has to have.
struct StopTokenTests {
    @Test func itHasAllDigits() {
        #expect(StopToken(1, .max).text == "0000000000000001ffffffffffffffff")
        let texts = Set((0..<100).map { _ in StopToken.random().text })
        #expect(texts.count == 100)
        #expect(texts.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy("0123456789abcdef".contains) })
    }

    @Test func onlyTheWholeTextMatches() {
        let token = StopToken(0xABCD_EF01_2345_6789, 0xABCD_EF01_2345_6789)
        #expect(token.matches(token.text[...]))
        for text in ["", "a", token.text.uppercased(), token.text + "0", String(token.text.dropLast())] {
            #expect(!token.matches(text[...]), "\(text)")
        }
        for place in token.text.indices {
            var changed = token.text
            changed.replaceSubrange(place...place, with: "x")
            #expect(!token.matches(changed[...]))
        }
    }
}
