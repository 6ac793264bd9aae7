import Testing

@testable import TerminalClient

@Suite struct LineSplitterTests {
    private static func line(_ text: String) -> LineSplitter.Line { .line(Array(text.utf8)) }

    @Test func linesComeWhenTheyEnd() {
        var splitter = LineSplitter(limit: 10)
        #expect(splitter.add(Array("a\n\nb".utf8)) == [Self.line("a"), Self.line("")])
        #expect(splitter.add(Array("c\r\nd".utf8)) == [Self.line("bc\r")])
        #expect(splitter.finish() == Self.line("d"))
        #expect(splitter.finish() == nil)
    }

    @Test func inputThatEndsWithALineFeedHasNoFurtherLine() {
        var splitter = LineSplitter(limit: 10)
        _ = splitter.add(Array("a\n".utf8))
        #expect(splitter.finish() == nil)
    }

    @Test func lineThatIsTooLongIsDroppedToItsEnd() {
        var splitter = LineSplitter(limit: 3)
        #expect(splitter.add(Array("abc\nab".utf8)) == [Self.line("abc")])
        #expect(splitter.add(Array("cd".utf8)) == [])
        #expect(splitter.add(Array("efg\nh\n".utf8)) == [.tooLong, Self.line("h")])
        _ = splitter.add(Array("abcd".utf8))
        #expect(splitter.finish() == .tooLong)
    }
}
