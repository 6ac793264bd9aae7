import JSONText
import Metrics
import Testing

@testable import LoadReport

struct ComparisonPlotsTests {
    /// A run in which the times of `ask` and `order` are these milliseconds in each second.
    private static func run(seconds: Int, ask: (Int) -> Double, order: Double, extra: String = "") throws -> RunResult {
        var run = SampleRun.description
        run.seconds = Double(seconds)
        let registry = MetricRegistry()
        let shard = MetricShard(number: 0, registry: registry)
        var collector = Collector()
        shard.level(MetricID(.vus), shard.tags([:])).add(3)
        for second in 1...seconds {
            for (name, time) in [("ask", ask(second)), ("order", order)] {
                shard.trend(MetricID(.time), shard.tags(["name": name])).record(time)
            }
            if !extra.isEmpty { shard.trend(MetricID(.time), shard.tags(["name": extra])).record(1) }
            shard.counter(MetricID(.dataSent), shard.tags([:])).add(Double(2_000 + second))
            collector.merge(shard.takeDelta())
            collector.closeInterval(at: Double(second))
        }
        return RunResult(run: run, collector: collector)
    }

    private static func page() throws -> String {
        let before = try Self.run(seconds: 60, ask: { 10 + Double($0 % 2) }, order: 10, extra: "<b>gone")
        let after = try Self.run(seconds: 90, ask: { $0 > 30 ? 40 + Double($0 % 2) : 10 }, order: 10)
        return RunComparison(before: before, after: after, thresholds: []).html
    }

    @Test func bothRunsAreInOnePlotWithTheGreatestChangeFirst() throws {
        let html = try Self.page()
        let figures = html.split(separator: "<figure class=\"time\"").dropFirst().map(String.init)
        let titles = figures.map { $0.split(separator: "<b>")[1].prefix { $0 != "<" } }
        #expect(titles == ["Time of actions, p95", "ask, p95", "Data sent per second"])
        let ask = figures[1]
        #expect(ask.split(separator: "<path class=\"line").count == 3)
        #expect(
            ask.contains("<span>10.98 ms to 41 ms</span> <span>+273.5 %</span> <span>at least 10 % slower from 30 s on")
        )
        // The text alternative has both ranges and the change.
        #expect(
            ask.contains("aria-label=\"ask, p95 over time: before from 10 ms to 11 ms, after from 10 ms to 41 ms, "))
        #expect(html.contains("<li><b>order, p95</b> before 10 ms, after 10 ms</li>"))
    }

    @Test func aNameOfOneRunIsListed() throws {
        let html = try Self.page()
        let missing = try #require(html.split(separator: "<h2>Only in one run</h2>").last)
        #expect(
            missing.contains("<td>before</td><td>eio_time{name:&lt;b&gt;gone}</td><td>med</td><td class=\"n\">1 ms"))
        #expect(!html.contains("<b>gone"))
    }

    @Test func theFiguresThatMatterComeFirst() throws {
        let html = try Self.page()
        #expect(html.contains("The p95 of actions went up from 10.98 ms to 41 ms ("))
        #expect(html.contains("The greatest change is in ask, p95: 10.98 ms to 41 ms, +273.5 %, at least 10 % slower"))
        #expect(html.contains("<b>41 ms</b>p95 of actions<small>+"))
        #expect(html.contains("<b>3</b>users at most<small>no change; before 3</small>"))
    }

    @Test func theAxisHasTheLongerRun() throws {
        let html = try Self.page()
        let start = html.split(separator: "<script type=\"application/json\" id=\"data\">").last ?? ""
        let data = try #require(JSON(parsing: String(start.split(separator: "</script>").first ?? "").utf8))
        #expect(data["times"]?.array?.count == 90)
        #expect(data["end"]?.double == 90)
    }

    @Test func runsOfTwoResolutionsHaveOneStep() {
        let columns = TimelineColumns(
            levels: [], counters: [MetricSelector(metric: "iterations")], trends: [])
        let points = { (step: Int) in
            (1...20).map { point in
                Timeline.Point(
                    time: Double(point * step), seconds: Double(step), levels: [], counters: [Double(step * 5)],
                    trends: [])
            }
        }
        let common = CommonTimeline(
            Timeline(columns: columns, points: points(1)),
            Timeline(columns: columns, points: points(4), intervalsPerPoint: 4))
        #expect(common.times == (1...20).map { Double($0 * 4) })
        #expect(common.lines[0].before == [5, 5, 5, 5, 5] + Array(repeating: nil, count: 15))
        #expect(common.lines[0].after == Array(repeating: 5, count: 20))
    }

    @Test func runsWithoutAnythingInCommonAreAPage() throws {
        let empty = RunResult(
            run: SampleRun.description, collector: Collector(columns: .init(levels: [], counters: [], trends: [])))
        let html = RunComparison(before: empty, after: empty, thresholds: []).html
        #expect(html.contains("0 figures of two runs."))
        #expect(!html.contains("<figure") && !html.contains("<script"))
    }
}
