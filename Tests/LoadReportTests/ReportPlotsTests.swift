import JSONText
import LoadPlan
import Metrics
import Testing

@testable import LoadReport

struct ReportPlotsTests {
    /// A run with this many seconds and names, in which each time is its own.
    static func result(seconds: Int, names: Int) throws -> RunResult {
        var result = try SampleRun.result()
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        for name in 0..<names {
            let tags = shard.tags(["name": "name \(name)"])
            shard.trend(MetricID(.time), tags).record(nanoseconds: 1_000_000)
        }
        shard.trend(MetricID(.connect), shard.tags(["phase": "total"])).record(nanoseconds: 1_000_000)
        shard.trend(MetricID(.iterationDuration), shard.tags([:])).record(nanoseconds: 1_000_000)
        shard.trend(MetricID(.loopLag), shard.tags([:])).record(nanoseconds: 1_000_000)
        shard.level(MetricID(.vus), shard.tags([:])).add(1)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        let point = collector.timeline.points[0]
        var points = [point]
        for second in 2...Swift.max(seconds, 2) where seconds > 1 {
            var next = point
            next.time = Double(second)
            next.levels = [Double(second % 100)]
            next.counters = point.counters.indices.map { Double(second % ($0 + 7)) }
            for column in next.trends.indices where next.trends[column] != nil {
                let value = 1 + Double((second * (column + 3)) % 977)
                next.trends[column] = .init(
                    count: 9, mean: value, min: value, max: value * 3, p50: value, p95: value * 2, p99: value * 3)
            }
            points.append(next)
        }
        result.metrics = collector.metrics
        result.timeline = Timeline(
            columns: collector.timeline.columns, points: points, heatMaps: collector.timeline.heatMaps)
        return result
    }

    /// Commands of the paths, each of which draws a point.
    private static func points(_ html: String) -> Int {
        html.split(separator: " d=\"").dropFirst().reduce(0) { sum, part in
            sum + part.prefix { $0 != "\"" }.count { $0.isLetter }
        }
    }

    @Test func tenThousandSecondsOf50NamesAreAPageOfThreeMegabytes() throws {
        let result = try Self.result(seconds: 10_000, names: 50)
        #expect(result.timeline.points.count == 10_000)
        let text = HTMLReport(result).text
        #expect(text.utf8.count < 3_000_000)
        #expect((10_000...50_000).contains(Self.points(text)))
        #expect(text.split(separator: "<figure class=\"time\"").count > 55)
        // The object's base64 has all words.
        let drawn = try #require(text.split(separator: "<script").first)
        #expect(!drawn.contains("nan"))
        #expect(!drawn.contains("inf"))
        // Every second is in the page's object.
        let data = try #require(JSON(parsing: Self.data(text).utf8))
        #expect(data["times"]?.array?.count == 10_000)
        #expect(data["bytes"]?.integer == 1)
    }

    @Test func valuesOfASmallRunAreExactToFourDigits() throws {
        let text = HTMLReport(try Self.result(seconds: 20, names: 2)).text
        let data = try #require(JSON(parsing: Self.data(text).utf8))
        #expect(data["bytes"]?.integer == 2)
        let plots = try #require(data["plots"]?.array)
        #expect(plots.contains { $0["logarithmic"] == .bool(false) })
        #expect(plots.allSatisfy { $0["lines"]?.array?.isEmpty == false })
        #expect(data["users"]?["code"]?.string?.utf8.count == 56)
    }

    @Test func oneSecondHasNoPicture() throws {
        let text = HTMLReport(try Self.result(seconds: 1, names: 2)).text
        #expect(!text.contains("<figure class=\"time\""))
        #expect(!text.contains("<script"))
        #expect(text.contains("<li><b>Users</b> 1</li>"))
        #expect(text.contains("<li><b>name 1</b> p50 1 ms, p95 1 ms, p99 1 ms</li>"))
    }

    @Test func theOnlyNameHasNoPlotOfItsOwn() throws {
        #expect(!HTMLReport(try Self.result(seconds: 9, names: 1)).text.contains("<h2>Each name and event</h2>"))
        #expect(HTMLReport(try Self.result(seconds: 9, names: 2)).text.contains("<h2>Each name and event</h2>"))
    }

    @Test func thresholdsAndStagesHaveLines() throws {
        var result = try Self.result(seconds: 60, names: 2)
        result.run.thresholds = [
            try SampleRun.threshold("eio_time{name:name 0}", "p(95)<700"),
            try SampleRun.threshold("eio_time{name:name 1}", "p(95)<70000"),
        ]
        result.run.scenarios[0].stageEnds = [10, 50, 60, 70]
        let text = HTMLReport(result).text
        #expect(text.split(separator: "<path class=\"bound\"").count == 2)
        #expect(text.contains(">p(95) &lt; 700 ms</text>"))
        // The axis is logarithmic, from 1 ms to 10 s.
        #expect(text.contains("<path class=\"bound\" d=\"M62 60.2H466\"/>"))
        #expect(text.contains("p(95) &lt; 70 s is above the plot"))
        let stages = text.split(separator: "id=\"stages\" class=\"stage\" d=\"").last?.prefix { $0 != "\"" }
        #expect(stages?.count { $0 == "M" } == 2)
    }

    @Test func thresholdsOnRatesHaveLinesInThePlotsOfTheirCounters() throws {
        var result = try Self.result(seconds: 60, names: 2)
        result.run.thresholds = [
            try SampleRun.threshold("eio_messages_sent", "rate>2"), try SampleRun.threshold("eio_errors", "rate<3"),
            try SampleRun.threshold("eio_errors", "count<4"),
            try SampleRun.threshold("eio_messages_sent{transport:polling}", "rate>1"),
        ]
        let text = HTMLReport(result).text
        #expect(text.split(separator: "<path class=\"bound\"").count == 3)
        #expect(text.contains(">sent rate &gt; 2/s</text>"))
        #expect(text.contains(">rate &lt; 3/s</text>"))
    }

    @Test func decadesHaveALogarithmicAxisAndZeroHasNone() {
        let scale = PlotScale(values: 0.3...450)
        #expect(scale.isLogarithmic)
        #expect(scale.marks == [0.1, 1, 10, 100, 1_000])
        #expect(abs(scale.share(of: 10) - 0.5) < 1e-9)
        #expect(scale.share(of: 0) == 0)
        #expect(!PlotScale(values: 0...450).isLogarithmic)
        #expect(!PlotScale(values: 5...450).isLogarithmic)
        let negative = PlotScale(values: -3...4)
        #expect(negative.lower <= -3)
        #expect(negative.upper >= 4)
        #expect(negative.marks.contains(0))
        #expect(PlotScale(values: 1...10, bounds: [25]).upper >= 25)
        #expect(PlotScale(values: 1...10, bounds: [99]).upper < 20)
    }

    @Test func aPeakIsNotLostAmongManyPoints() {
        var values = (0..<5_000).map { _ in Optional(1.0) }
        values[3_333] = 100
        values[4_000] = nil
        let places = values.indices.map { Double($0) / 5_000 }
        let path = PlotPath(places: places, values: values, scale: PlotScale(upTo: 100), points: 60).text
        #expect(path.count { $0.isLetter } <= 62)
        #expect(path.contains(" 10L") || path.contains(" 10h") || path.hasSuffix(" 10"))
    }

    @Test func aHeatMapHasItsCells() throws {
        var result = try Self.result(seconds: 30, names: 1)
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        var collector = Collector()
        for second in 1...30 {
            for time in [1_000_000, 2_000_000, 2_000_000, 60_000_000] as [Int64] {
                shard.trend(MetricID(.time), shard.tags(["name": "a"])).record(nanoseconds: time)
            }
            collector.merge(shard.takeDelta())
            collector.closeInterval(at: Double(second))
        }
        (result.metrics, result.timeline) = (collector.metrics, collector.timeline)
        let text = HTMLReport(result).text
        #expect(text.contains("<h2>Latency over time</h2>"))
        // The cells of a row that have one colour are one line.
        let cells = text.split(separator: "<path class=\"cell h6\" d=\"").last?.prefix { $0 != "\"" } ?? ""
        #expect(cells.hasPrefix("M0 "))
        #expect(cells.hasSuffix("h30"))
        #expect(cells.count { $0 == "M" } == 1)
        #expect(text.contains("Time of actions, heat map over time: values from "))
        // The crosshair shows how many values came in a column, and the row that has most of them.
        let heat = try #require(JSON(parsing: Self.data(text).utf8)?["heat"]?.array?.first)
        let columns = try #require(heat["columns"]?.array)
        #expect(columns.count == 30)
        let column = try #require(columns[7].array)
        #expect(column.prefix(2).map(\.double) == [8, 4])
        let (row, ends) = (try #require(column[2].integer), try #require(heat["rows"]?.array))
        #expect([ends[row], ends[row + 1]].map(\.string) == ["1.962 ms", "2.093 ms"])
    }

    @Test(arguments: [(1...1_200, 5), (430...629, 1), (-833...832, 9)])
    func aHeatMapOfAWideRangeHasAPicture(rows: ClosedRange<Int>, rowsPerBand: Int) throws {
        var result = try Self.result(seconds: 30, names: 1)
        let least = Swift.max(rows.lowerBound, HeatMap.rows.lowerBound)
        let greatest = Swift.min(rows.upperBound, HeatMap.rows.upperBound)
        let columns = (1...240).map { time in
            HeatMap.Column(
                time: Double(time) / 8,
                cells: stride(from: least, through: greatest, by: time % 7 + 1).map { .init(row: $0, count: 3) })
        }
        result.timeline = Timeline(
            columns: result.timeline.columns, points: result.timeline.points,
            heatMaps: [HeatMap(selector: MetricSelector(metric: "eio_time"), columns: columns)])
        let text = HTMLReport(result).text
        #expect(text.contains("<h2>Latency over time</h2>"))
        let heat = try #require(JSON(parsing: Self.data(text).utf8)?["heat"]?.array?.first)
        let ends = try #require(heat["rows"]?.array)
        #expect(ends.count - 1 == (greatest - least) / rowsPerBand + 1)
        #expect(ends.count - 1 <= 200)
        // Nothing is lost, and no cell is outside of the picture.
        let counts = columns.map { $0.cells.reduce(0) { $0 + $1.count } }.reduce(0, +)
        let shown = try #require(heat["columns"]?.array).compactMap { $0.array?[1].double }.reduce(0, +)
        #expect(shown == Double(counts))
        let heights = text.split(separator: "<path class=\"cell").dropFirst().flatMap { path in
            path.prefix { $0 != "/" }.split(separator: "M").dropFirst().compactMap {
                $0.split(separator: " ").last.flatMap { Double($0.prefix { $0 != "h" }) }
            }
        }
        #expect(heights.allSatisfy { (0..<Double(ends.count - 1)).contains($0) })
        #expect(heights.contains(0.5) && heights.contains(Double(ends.count) - 1.5))
    }

    @Test(arguments: [
        ([430, 450], ["20 µs", "50 µs"]), ([-451, -431], ["-20 µs", "-50 µs"]),
        ([-400, 400], ["0 ms", "0.000001 ns", "0.02 ns", "500 ns", "-0.000001 ns", "-0.02 ns", "-500 ns"]),
    ])
    func aHeatMapHasMarksForValuesOfEitherSign(rows: [Int], expected: [String]) throws {
        var result = try Self.result(seconds: 30, names: 1)
        let columns = (1...30).map { time in
            HeatMap.Column(time: Double(time), cells: rows.map { .init(row: $0, count: 1) })
        }
        result.timeline = Timeline(
            columns: result.timeline.columns, points: result.timeline.points,
            heatMaps: [HeatMap(selector: MetricSelector(metric: "eio_time"), columns: columns)])
        let picture = HTMLReport(result).text.split(separator: "heat map over time").last ?? ""
        let axis = picture.split(separator: "<g class=\"x\">").first ?? ""
        let marks = axis.split(separator: "<path class=\"grid\"").dropFirst().compactMap {
            $0.split(separator: "text-anchor=\"end\">").last.map { String($0.prefix { $0 != "<" }) }
        }
        #expect(marks == expected)
    }

    private static func data(_ html: String) -> String {
        let start = html.split(separator: "<script type=\"application/json\" id=\"data\">").last ?? ""
        return String(start.split(separator: "</script>").first ?? "")
    }
}
