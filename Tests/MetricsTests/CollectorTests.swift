import Metrics
import TestSupport
import Testing

struct CollectorTests {
    private static let connect = MetricID(.connect)

    @Test func shardsAddUpToWhatOneWouldHaveRecorded() throws {
        var several = Shards(3)
        var one = Shards(1)
        var random = SeededGenerator(seed: 9)
        for sample in 0..<3_000 {
            let time = Int64(random.magnitude(from: 1_000, to: 1e9))
            let tags: TagSet = ["transport": sample % 2 == 0 ? "polling" : "websocket"]
            for shard in [several[sample % 3], one[0]] {
                shard.trend(Self.connect, shard.tags(tags)).record(nanoseconds: time)
                shard.counter(MetricID(.messagesSent), shard.tags(tags)).add()
                shard.rate(MetricID(.checks), shard.tags(["check": "is even"])).add(time % 2 == 0)
            }
            if sample % 500 == 0 { several.collect() }
        }
        several.collect()
        one.collect()
        for metric in [BuiltInMetric.connect, .messagesSent, .checks] {
            let record = try #require(several.collector.metrics[metric])
            let expected = try #require(one.collector.metrics[metric])
            #expect(record.total == expected.total)
            for series in expected.series {
                #expect(record.series.first { $0.tags == series.tags }?.value == series.value)
            }
        }
    }

    @Test func aDeltaIsHandedOverOnce() {
        var shards = Shards()
        let counter = shards[0].counter(MetricID(.iterations), shards[0].tags([:]))
        let trend = shards[0].trend(MetricID(.time), shards[0].tags(["name": "join"]))
        counter.add(2)
        trend.record(nanoseconds: 5_000_000)
        shards.collect()
        shards.collect()
        #expect(shards.value("iterations", .count) == 2)
        #expect(shards.value("eio_time", .count) == 1)
        trend.record(7)
        shards.collect()
        #expect(shards.value("eio_time", .maximum) == 7)
        #expect(shards.value("eio_time", .minimum) == 5)
        #expect(shards.value("eio_time", .average) == 6)
    }

    @Test func aSubMetricHasTheSamplesThatHaveAllItsTags() {
        var shards = Shards()
        for (transport, phase, time) in [
            ("polling", "total", 1), ("polling", "tcp", 2), ("websocket", "total", 3), ("websocket", "tcp", 4),
        ] {
            let tags = shards[0].tags(["transport": transport, "phase": phase])
            shards[0].trend(Self.connect, tags).record(Double(time))
        }
        shards.collect()
        #expect(shards.value("eio_connect", ["phase": "total"], .average) == 2)
        #expect(shards.value("eio_connect", ["phase": "total", "transport": "websocket"], .average) == 3)
        #expect(shards.value("eio_connect", ["phase": "dns"], .average) == nil)
        #expect(shards.value("ws_connecting", .average) == 3)
    }

    /// Phases of one connect are parts of each other: only the whole one stands for it.
    @Test func aConnectWithoutAPhaseIsTheWholeConnect() {
        var shards = Shards()
        for (transport, phase, time) in [
            ("polling", "total", 1), ("polling", "tcp", 2), ("websocket", "total", 3), ("websocket", "tcp", 4),
        ] {
            let tags = shards[0].tags(["transport": transport, "phase": phase])
            shards[0].trend(Self.connect, tags).record(Double(time))
        }
        shards.collect()
        #expect(shards.value("eio_connect", .count) == 2)
        #expect(shards.value("eio_connect", .average) == 2)
        #expect(shards.value("eio_connect", ["transport": "websocket"], .average) == 3)
    }

    @Test func theScriptsTagsMakeSeriesOnlyWhereAThresholdNamesThem() throws {
        var shards = Shards(selectors: [MetricSelector(metric: "rtt", tags: ["room": "a"])])
        let rtt = try shards.registry.declare("rtt", .trend, isTime: true)
        for (room, user) in [("a", "1"), ("a", "2"), ("b", "3"), ("c", "4")] {
            let tags: TagSet = ["room": room, "user": user, "scenario": "chat"]
            shards[0].trend(rtt, shards[0].tags(tags)).record(1)
        }
        shards.collect()
        let series = try #require(shards.collector.metrics["rtt"]).series
        #expect(series.map(\.tags) == [["room": "a", "scenario": "chat"], ["scenario": "chat"]])
        #expect(shards.value("rtt", ["room": "a"], .count) == 2)
        #expect(shards.value("rtt", .count) == 4)
    }

    @Test func aggregationsOfEachKind() throws {
        var shards = Shards()
        let plain = try shards.registry.declare("size", .trend)
        let level = try shards.registry.declare("queue", .gauge)
        let none = shards[0].tags([:])
        for value in [-0.5, 2.25, 141] { shards[0].trend(plain, none).record(value) }
        shards[0].gauge(level, none).set(4, at: 10)
        shards[0].gauge(level, none).set(3, at: 11)
        for passed in [true, true, false, true] { shards[0].rate(MetricID(.checks), none).add(passed) }
        shards[0].counter(MetricID(.iterations), none).add(5)
        shards.collect()
        #expect(shards.value("size", .minimum) == -0.5)
        #expect(shards.value("size", .maximum) == 141)
        #expect(abs(try #require(shards.value("size", .median)) - 2.25) < 0.02)
        #expect(shards.value("size", .average) == 142.75 / 3)
        #expect(shards.value("queue", .value) == 3)
        #expect(shards.value("queue", .maximum) == 4)
        #expect(shards.value("checks", .rate) == 0.75)
        #expect(shards.value("iterations", .rate, seconds: 2) == 2.5)
        #expect(shards.value("iterations", .average) == nil)
        #expect(shards.value("eio_ping_gap", .percentile(95)) == nil)
        #expect(shards.value("eio_errors", .count) == 0)
    }

    @Test func theLatestValueOfAGaugeWinsWhicheverLoopHasIt() throws {
        var shards = Shards(2)
        let gauge = try shards.registry.declare("queue", .gauge)
        shards[0].gauge(gauge, shards[0].tags([:])).set(7, at: 100)
        shards[1].gauge(gauge, shards[1].tags([:])).set(9, at: 99)
        shards.collect()
        #expect(shards.value("queue", .value) == 7)
        #expect(shards.value("queue", .maximum) == 9)
    }

    @Test func levelsAddUpOverTheLoopsAndTheirExtremesAreThoseOfTheSeconds() {
        var shards = Shards(2)
        let users = shards.shards.map { $0.level(MetricID(.vus), $0.tags([:])) }
        users[0].add(3)
        users[1].add(2)
        shards.collect(at: 1)
        users[0].add(-3)
        users[1].add(4)
        shards.collect(at: 2)
        users[1].add(-6)
        shards.collect(at: 3)
        #expect(shards.value("vus", .value) == 0)
        #expect(shards.value("vus", .minimum) == 0)
        #expect(shards.value("vus", .maximum) == 6)
        #expect(shards.collector.timeline.points.map { $0.levels[0] } == [5, 6, 0])
    }

    @Test func whatIsNoNumberIsLeftOutOfATrend() {
        var shards = Shards()
        shards[0].trend(MetricID(.time), shards[0].tags([:])).record(.nan)
        shards.collect()
        #expect(shards.value("eio_time", .count) == 0)
    }
}
