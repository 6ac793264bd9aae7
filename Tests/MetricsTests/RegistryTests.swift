import Metrics
import Testing

struct RegistryTests {
    private let registry = MetricRegistry()

    @Test func aMetricIsMadeOnce() throws {
        let first = try self.registry.declare("joins", .counter)
        #expect(try self.registry.declare("joins", .counter) == first)
        #expect(self.registry.metric(named: "joins") == first)
        #expect(self.registry.definition(of: first).isCustom)
    }

    @Test func anotherKindUnderTheSameNameIsAnError() throws {
        _ = try self.registry.declare("joins", .trend)
        #expect(throws: MetricError.self) { try self.registry.declare("joins", .rate) }
        #expect(throws: MetricError.self) { try self.registry.declare("joins", .trend, isTime: true) }
        #expect(throws: MetricError.self) { try self.registry.declare("iterations", .counter) }
        #expect(throws: MetricError.self) { try self.registry.declare("ws_sessions", .counter) }
    }

    @Test(arguments: ["", "1st", "a b", "a-b", "größe", "a.b", String(repeating: "a", count: 129)])
    func whatIsNoName(_ name: String) {
        #expect(throws: MetricError.self) { try self.registry.declare(name, .counter) }
    }

    @Test(arguments: ["a", "_x1", "Requests_2", String(repeating: "a", count: 128)])
    func names(_ name: String) throws {
        _ = try self.registry.declare(name, .counter)
    }

    @Test func theBuiltInOnesHaveTheirPlaces() {
        for metric in BuiltInMetric.allCases {
            #expect(self.registry.definition(of: MetricID(metric)) == metric.definition)
            #expect(self.registry.metric(named: metric.definition.name) == MetricID(metric))
        }
    }

    @Test(arguments: [
        ("eio_connect", "p(95)", true), ("eio_connect", "rate", false), ("iterations", "count", true),
        ("iterations", "avg", false), ("checks", "rate", true), ("vus", "value", true), ("vus", "max", false),
        ("nothing", "count", false), ("ws_msgs_sent", "count", true), ("ws_sessions", "avg", false),
    ])
    func whatAThresholdMayAskFor(_ metric: String, _ aggregation: String, _ isValid: Bool) throws {
        let aggregation = try #require(Aggregation(aggregation))
        let validate = { try self.registry.validate(MetricSelector(metric: metric), aggregation) }
        if isValid { try validate() } else { #expect(throws: MetricError.self) { try validate() } }
    }

    @Test func aggregationsAreReadAndWritten() {
        for text in ["count", "rate", "value", "avg", "min", "max", "med", "p(95)", "p(99.9)", "p(0)"] {
            #expect(Aggregation(text)?.description == text)
        }
        for text in ["", "p95", "p(101)", "p(-1)", "p(nan)", "p()", "AVG", "mean"] { #expect(Aggregation(text) == nil) }
    }

    @Test func selectorsAreWrittenAsK6Does() {
        #expect(MetricSelector(metric: "a", tags: ["y": "2", "x": "1"]).description == "a{x:1,y:2}")
        #expect(MetricSelector(metric: "a").description == "a")
    }

    @Test func namesAfterTheFirstThousandAreOther() throws {
        var shards = Shards(2, selectors: [MetricSelector(metric: "eio_time", tags: ["name": "n2000"])])
        for number in 0..<2_100 {
            let shard = shards[number % 2]
            let base = shard.tags(["scenario": "s"])
            shard.trend(MetricID(.time), shard.tags(base, adding: "name", "n\(number)")).record(1)
        }
        shards.collect()
        #expect(shards.value("eio_time", ["name": "n999"], .count) == 1)
        #expect(shards.value("eio_time", ["name": "n1000"], .count) == 0)
        #expect(shards.value("eio_time", ["name": "n2000"], .count) == 1)
        #expect(shards.value("eio_time", ["name": "other"], .count) == 1_099)
        #expect(shards.value("eio_time", .count) == 2_100)
        #expect(
            shards.registry.takeWarnings() == [
                "tag 'name' has more than 1000 values: the others are counted as 'other'"
            ])
        #expect(shards.registry.takeWarnings().isEmpty)
    }
}
