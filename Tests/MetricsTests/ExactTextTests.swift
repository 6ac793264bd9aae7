import Metrics
import Testing

/// Names that look alike and have other bytes are other names.
struct ExactTextTests {
    private static let composed = "caf\u{E9}"
    private static let decomposed = "cafe\u{301}"

    @Test func textsThatLookAlikeAreTwo() {
        #expect(Self.composed == Self.decomposed)
        #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
        #expect(Set([ExactText(Self.composed), ExactText(Self.decomposed)]).count == 2)
        #expect(ExactText("a") < ExactText("b"))
        #expect(ExactText("a") < ExactText("a\u{301}"))
        #expect(!(ExactText("") < ExactText("")))
    }

    @Test func tagsKeepThemApart() {
        let (one, other) = (
            TagSet(dictionaryLiteral: ("name", Self.composed)), TagSet(dictionaryLiteral: ("name", Self.decomposed))
        )
        #expect(one != other)
        #expect(!one.contains(other))
        let keys: TagSet = ["\u{E9}": "1", "e\u{301}": "2"]
        #expect(keys.tags.count == 2)
        #expect(keys["e\u{301}"] == "2")
        #expect(keys["\u{E9}"] == "1")
    }

    @Test func seriesErrorsAndPartsKeepThemApart() throws {
        let names = [Self.composed, Self.decomposed]
        let selectors = try names.map { try MetricSelector(parsing: "eio_time{name:\($0)}") }
        let registry = MetricRegistry(selectors: selectors)
        let shard = MetricShard(number: 0, registry: registry)
        for (number, name) in names.enumerated() {
            let tags = shard.tags(["name": name])
            for _ in 0...number { shard.trend(MetricID(.time), tags).record(nanoseconds: 1) }
            shard.recordError(ErrorTable.Key(kind: "time", name: name, text: name), at: 1)
        }
        var collector = Collector()
        collector.merge(shard.takeDelta())
        #expect(collector.metrics[.time]?.series.count == 2)
        #expect(selectors.map { collector.value($0, .count, seconds: 1) } == [1, 2])
        #expect(collector.errors.entries.count == 2)
    }

    @Test func aSpaceWithAMarkIsNotTrimmed() throws {
        #expect(try MetricSelector(parsing: "eio_time{name: \u{301}a }").tags["name"] == "\u{301}a")
        #expect(try MetricSelector(parsing: "eio_time{name:  a  b  }").tags["name"] == "a  b")
    }
}
