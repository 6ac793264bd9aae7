import Testing

@testable import LoadOutput

/// The secret that a request to stop a run has to have.
struct StopTokenTests {
    private struct Constant: RandomNumberGenerator {
        let value: UInt64
        func next() -> UInt64 { self.value }
    }

    @Test func itHasAllDigits() {
        var zero = Constant(value: 1)
        #expect(StopToken(using: &zero).text == "00000000000000010000000000000001")
        var system = SystemRandomNumberGenerator()
        let texts = Set((0..<100).map { _ in StopToken(using: &system).text })
        #expect(texts.count == 100)
        #expect(texts.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy("0123456789abcdef".contains) })
    }

    @Test func onlyTheWholeTextMatches() {
        var generator = Constant(value: 0xABCD_EF01_2345_6789)
        let token = StopToken(using: &generator)
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
