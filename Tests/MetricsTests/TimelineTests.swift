import Metrics
import Testing

struct TimelineTests {
    private static let columns = TimelineColumns(
        levels: [MetricSelector(metric: "vus")], counters: [MetricSelector(metric: "iterations")],
        trends: [MetricSelector(metric: "eio_time")])

    private static func statistics(_ value: Double, count: UInt64 = 1) -> Timeline.Statistics {
        Timeline.Statistics(count: count, mean: value, min: value, max: value, p50: value, p95: value, p99: value)
    }

    private static func point(_ time: Int, users: Double = 1, iterations: Double = 1) -> Timeline.Point {
        Timeline.Point(
            time: Double(time), seconds: 1, levels: [users], counters: [iterations],
            trends: [self.statistics(Double(time))])
    }

    @Test func aPointHasWhatCameInItsSecond() throws {
        var shards = Shards()
        let sent = shards[0].counter(MetricID(.messagesSent), shards[0].tags(["transport": "polling"]))
        let total = shards[0].trend(MetricID(.connect), shards[0].tags(["phase": "total"]))
        let tcp = shards[0].trend(MetricID(.connect), shards[0].tags(["phase": "tcp"]))
        for (second, count) in [3, 0, 5].enumerated() {
            sent.add(Double(count))
            for _ in 0..<count { total.record(Double(count)) }
            tcp.record(900)
            shards.collect(at: Double(second + 1))
        }
        let timeline = shards.collector.timeline
        let column = try #require(timeline.columns.counters.firstIndex { $0.metric == "eio_messages_sent" })
        #expect(timeline.points.map { $0.counters[column] } == [3, 0, 5])
        #expect(timeline.points.map(\.time) == [1, 2, 3])
        let trends = timeline.points.map { $0.trends[0] }
        #expect(trends.map { $0?.p95 } == [3, nil, 5])
        #expect(trends.map { $0?.count } == [3, nil, 5])
    }

    @Test func aScriptsTrendIsFollowed() throws {
        var shards = Shards()
        shards.collect(at: 1)
        let size = try shards.registry.declare("size", .trend)
        shards[0].trend(size, shards[0].tags([:])).record(12)
        shards.collect(at: 2)
        let timeline = shards.collector.timeline
        let column = try #require(timeline.columns.trends.firstIndex { $0.metric == "size" })
        #expect(timeline.points[0].trends.count == column)
        #expect(timeline.points[1].trends[column]?.p50 == 12)
    }

    @Test func atThePointLimitNeighboursBecomeOne() {
        var timeline = Timeline(columns: Self.columns)
        for second in 1...Timeline.maximumPoints { timeline.append(Self.point(second, users: Double(second % 3))) }
        #expect(timeline.points.count == 12_000)
        #expect(timeline.intervalsPerPoint == 1)
        timeline.append(Self.point(12_001))
        #expect(timeline.points.count == 6_001)
        #expect(timeline.intervalsPerPoint == 2)
        #expect(timeline.points[0].counters == [2])
        #expect(timeline.points[0].seconds == 2)
        #expect(timeline.points[0].time == 2)
        #expect(timeline.points[0].levels == [2])
        #expect(timeline.points[0].trends[0]?.p50 == 1.5)
        #expect(timeline.points[0].trends[0]?.max == 2)
        for second in 12_002...30_000 { timeline.append(Self.point(second)) }
        #expect(timeline.points.count <= 12_000)
        #expect(timeline.points.reduce(0) { $0 + $1.counters[0] } == 30_000)
        #expect(timeline.points.reduce(0) { $0 + $1.seconds } == 30_000)
        #expect(timeline.points.last?.time == 30_000)
    }

    @Test func percentilesOfNeighboursAreWeighted() {
        var timeline = Timeline(columns: Self.columns)
        var point = Self.point(1)
        point.trends = [Self.statistics(10, count: 30)]
        timeline.append(point)
        point.trends = [Self.statistics(50, count: 10)]
        timeline.append(point)
        for _ in 2..<Timeline.maximumPoints { timeline.append(point) }
        timeline.append(point)
        #expect(timeline.points[0].trends[0]?.p99 == 20)
        #expect(timeline.points[0].trends[0]?.count == 40)
    }

    @Test func timelinesOfTwoProcesses() {
        var first = Timeline(columns: Self.columns, points: [Self.point(1, users: 4), Self.point(2, users: 4)])
        var columns = Self.columns
        columns.counters.insert(MetricSelector(metric: "joins"), at: 0)
        var points = [Self.point(1, users: 3), Self.point(2, users: 3)]
        for index in points.indices { points[index].counters.insert(7, at: 0) }
        first.merge(Timeline(columns: columns, points: points), offset: 1.1)
        #expect(first.columns.counters.map(\.metric) == ["iterations", "joins"])
        #expect(first.points.map { $0.levels[0] } == [4, 7, 3])
        #expect(first.points.map(\.counters) == [[1], [2, 7], [1, 7]])
    }
}
