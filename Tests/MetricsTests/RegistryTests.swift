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

    @Test func aSelectorMeansAMetric() throws {
        let joins = try self.registry.declare("joins", .counter)
        let definition = { (metric: String) in self.registry.definition(of: MetricSelector(metric: metric)) }
        #expect(definition("joins") == self.registry.definition(of: joins))
        #expect(definition("ws_connecting") == BuiltInMetric.connect.definition)
        #expect(definition("nothing") == nil)
        #expect(self.registry.names.allSatisfy { definition($0) != nil })
        #expect(Set(self.registry.names).isSuperset(of: ["joins", "ws_sessions", "eio_time"]))
    }

    @Test func theBuiltInOnesHaveTheirPlaces() {
        for metric in BuiltInMetric.allCases {
            #expect(self.registry.definition(of: MetricID(metric)) == metric.definition)
            #expect(self.registry.metric(named: metric.definition.name) == MetricID(metric))
        }
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

    @Test func combinationsOfNamesAreBounded() throws {
        var shards = Shards(selectors: [MetricSelector(metric: "checks", tags: ["check": "c149"])])
        for group in 0..<150 {
            for check in 0..<150 {
                let tags = shards[0].tags(["scenario": "s", "group": "::g\(group)", "check": "c\(check)"])
                shards[0].rate(MetricID(.checks), tags).add(true)
            }
        }
        shards.collect()
        #expect(shards.collector.metrics[.checks]?.series.count == 10_000 + 2)
        #expect(shards.value("checks", .count) == 22_500)
        #expect(shards.value("checks", ["check": "c149"], .count) == 150)
        let rest = try #require(shards.value("checks", ["group": "other"], .count))
        #expect(rest == 12_500)
        #expect(shards.registry.takeWarnings().count == 1)
    }

    @Test func aScriptCannotHaveMoreThanAThousandMetrics() throws {
        for number in 0..<1_000 { _ = try self.registry.declare("m\(number)", .counter) }
        #expect(throws: MetricError.self) { try self.registry.declare("m1000", .counter) }
        #expect(try self.registry.declare("m999", .counter) == self.registry.metric(named: "m999"))
    }
}
