import JSONText
import Testing

struct OccurrenceTests {
    @Test(arguments: [
        ("a://b://c", "://", 1, 4), ("aab", "ab", 1, 3), ("aaab", "aab", 1, 4), ("ab", "ab", 0, 2), ("xé", "é", 1, 3),
        ("ab", "", 0, 0), ("", "", 0, 0),
    ])
    func found(_ text: String, _ other: String, _ start: Int, _ end: Int) {
        #expect(Array(text.utf8).firstOccurrence(of: other.utf8) == start..<end)
    }

    @Test(arguments: [("", "a"), ("a", "ab"), ("aaa", "ab"), ("ba", "ab")])
    func notFound(_ text: String, _ other: String) {
        #expect(text.utf8.firstOccurrence(of: other.utf8) == nil)
    }

    @Test func occurrenceInAPartHasThePlacesOfTheWhole() {
        let text = "ab:ab"
        let found = text.dropFirst(2).utf8.firstOccurrence(of: "ab".utf8)
        #expect(found.map { text[..<$0.lowerBound] } == "ab:")
    }
}
