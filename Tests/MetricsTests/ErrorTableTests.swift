import Metrics
import Testing

struct ErrorTableTests {
    private static func key(_ text: String) -> ErrorTable.Key { ErrorTable.Key(kind: "iteration", text: text) }

    @Test func equalTextsAreCountedWithTheirTimes() {
        var table = ErrorTable()
        for time in [5.0, 3, 9] { table.record(Self.key("a"), at: time) }
        table.record(Self.key("b"), at: 4)
        #expect(table.entries[Self.key("a")] == ErrorTable.Entry(count: 3, first: 3, last: 9))
        #expect(table.sorted.map(\.key.text) == ["a", "b"])
        #expect(table.total == 4)
    }

    @Test func theThousandAndFirstTextIsOther() {
        var table = ErrorTable()
        for number in 0..<1_500 { table.record(Self.key("error \(number)"), at: Double(number)) }
        table.record(Self.key("error 7"), at: 2_000)
        #expect(table.entries.count == 1_001)
        #expect(table.total == 1_501)
        #expect(table.entries[Self.key("error 7")]?.count == 2)
        #expect(table.entries[ErrorTable.Key(kind: "other", text: "other")]?.count == 500)
    }

    @Test func tablesOfTheLoopsComeTogether() {
        var shards = Shards(2)
        shards[0].recordError(Self.key("a"), at: 2)
        shards[1].recordError(Self.key("a"), at: 1)
        shards.collect()
        shards.collect()
        #expect(shards.collector.errors.entries[Self.key("a")] == ErrorTable.Entry(count: 2, first: 1, last: 2))
    }

    @Test func aLongTextIsCut() {
        #expect(ErrorTable.Key(kind: "task", text: String(repeating: "x", count: 100_000)).text.count == 1_000)
    }

    @Test func aTextIsCutByItsBytes() {
        let key = ErrorTable.Key(kind: "iteration", text: "e" + String(repeating: "\u{301}", count: 1_000_000))
        #expect(key.text.utf8.count == 999)
        #expect(key.text.unicodeScalars.dropFirst().allSatisfy { $0 == "\u{301}" })
        #expect(ErrorTable.Key(kind: "iteration", text: String(repeating: "x", count: 1000)).text.utf8.count == 1000)
    }
}
