import Metrics
import Testing

@testable import LoadReport

struct HTMLReportTests {
    /// The page without its script and data, which are not HTML.
    private static func withoutScripts(_ html: String) -> String {
        html.split(separator: "<script").enumerated().map { index, part in
            index == 0 ? String(part) : String(part.split(separator: "</script>", maxSplits: 1).last ?? "")
        }.joined()
    }

    /// The elements that are opened and never closed, or closed without having been opened.
    private static func unbalanced(_ html: String) -> [String] {
        let void: Set<String> = ["meta", "link", "!DOCTYPE"]
        var open: [String] = []
        var wrong: [String] = []
        for part in Self.withoutScripts(html).split(separator: "<").dropFirst() {
            let tag = part.prefix { $0 != ">" }
            let name = String(tag.prefix { $0 != " " && $0 != "/" || tag.hasPrefix("/") && $0 == "/" })
            if name.hasPrefix("/") {
                if open.popLast() != String(name.dropFirst()) { wrong.append(name) }
            } else if !tag.hasSuffix("/"), !void.contains(name) {
                open.append(name)
            }
        }
        return wrong + open
    }

    @Test func theElementsAreBalanced() throws {
        #expect(Self.unbalanced(HTMLReport(try SampleRun.result()).text) == [])
    }

    @Test func nothingIsLoaded() throws {
        // The namespace of SVG is a name, and the frame a part of the page.
        let text = HTMLReport(try SampleRun.result()).text.split(separator: "http://www.w3.org/2000/svg").joined()
            .split(separator: "url(\"#frame\")").joined()
        for forbidden in ["http:", "https:", "@import", "url(", "src=", "onload"] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
    }

    @Test func itHasTheVerdictsAndTheNumbers() throws {
        let text = HTMLReport(try SampleRun.result()).text
        #expect(text.contains("<h1>chat <span class=\"badge failed\">failed</span></h1>"))
        for row in [
            #"<td class="failed">✗ failed</td><td>eio_time{name:join}</td><td>p(90)&lt;20 ms</td>"#
                + #"<td class="n">99.98 ms</td>"#,
            #"<td class="failed">✗ failed</td><td>eio_ping_gap</td><td>max&lt;1</td><td class="n">no values</td>"#,
            #"<td class="failed">✗ failed</td><td>status is ok</td><td class="n">88.88 %</td><td class="n">40</td>"#,
            #"<td>joins</td><td class="n">90</td><td class="n">9/s</td>"#,
        ] {
            #expect(text.contains("<tr>" + row))
        }
        #expect(text.contains("<b>18/s</b>messages sent"))
        #expect(text.contains("2023-11-14 22:13:20 UTC"))
        #expect(text.contains("<b>Time to connect</b><code>eio_connect{phase:total}</code>"))
    }

    @Test func theVerdictAndTheFailuresComeFirstAndTheFactsLast() throws {
        let text = HTMLReport(try SampleRun.result()).text
        let titles = text.split(separator: "<h2>").dropFirst().map { $0.prefix { $0 != "<" } }
        #expect(titles.prefix(3) == ["Failed thresholds", "Errors", "Over time"])
        #expect(titles.last == "The run")
        #expect(
            ReportVerdict(try SampleRun.result()).sentence
                == #"The run of one user for 10 s failed: 3 of 4 thresholds failed; "#
                + "3 errors, most often iteration: chat.lua:7: \u{1B}[2Jno (3 times).")
    }

    @Test func allThresholdsMayFail() throws {
        var result = try SampleRun.result()
        result.run.thresholds.removeFirst()
        #expect(ReportVerdict(result).sentence.contains(" failed: all 3 thresholds failed; "))
    }

    @Test func failedIterationsAreInTheFirstFigure() throws {
        var result = try SampleRun.result()
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        shard.level(MetricID(.vus), shard.tags([:])).add(1)
        shard.counter(MetricID(.iterations), shard.tags([:])).add(1_113)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        result.metrics = collector.metrics
        #expect(ReportFigures(result).html.contains("<small>1113 iterations</small>"))
        shard.counter(MetricID(.iterationsFailed), shard.tags([:])).add(7)
        collector.merge(shard.takeDelta())
        result.metrics = collector.metrics
        #expect(ReportFigures(result).html.contains("<small>1113 iterations succeeded, 7 failed</small>"))
    }

    @Test func theSentenceOfARunNamesTheServerAndTheCause() throws {
        var result = try SampleRun.result()
        result.run.server = "http://127.0.0.1:5000"
        (result.run.thresholds, result.errors) = (Array(result.run.thresholds.prefix(1)), ErrorTable())
        (result.run.exitCode, result.run.exitReason) = (0, "")
        let start = "The run of one user for 10 s against http://127.0.0.1:5000 "
        #expect(ReportVerdict(result).sentence == start + "passed: its threshold held; no errors.")
        (result.run.exitCode, result.run.exitReason) = (105, "interrupted")
        #expect(ReportVerdict(result).sentence == start + "failed: interrupted; its threshold held; no errors.")
    }

    @Test(arguments: [
        (["a", "http://u:secret@host:80/p?token=1"], "http://host:80"), (["wss://h"], "wss://h"),
        (["https://[::1]:5000#x", "http://b"], "https://[::1]:5000"), (["http:///p", "//h", "x/y://z", ""], ""),
    ])
    func theServerIsAnURLWithoutItsSecrets(arguments: [String], server: String) {
        #expect(RunDescription.server(of: arguments) == server)
    }

    @Test func manyErrorsDoNotHideTheRest() throws {
        var result = try SampleRun.result()
        for number in 0..<300 {
            result.errors.record(.init(kind: "task", text: "number \(number)"), at: SampleRun.start + 1)
        }
        let text = HTMLReport(result).text
        #expect(text.contains("<summary>92 more</summary>") && text.contains("201 more texts are in the export"))
    }

    @Test func theEndOfALongErrorOpens() throws {
        var result = try SampleRun.result()
        for length in [240, 241] {
            result.errors.record(.init(kind: "task", text: String(repeating: "x", count: length - 1) + "<"), at: 1)
        }
        let text = HTMLReport(result).text
        let start = String(repeating: "x", count: 239)
        #expect(text.contains("<td class=\"text\">\(start)&lt;</td>"))
        #expect(text.contains("<td class=\"text\"><details><summary>\(start)x…</summary>…&lt;</details></td>"))
    }

    @Test func aTagThatPartsTheSamplesHasATable() throws {
        let shard = MetricShard(
            number: 0,
            registry: MetricRegistry(selectors: [try MetricSelector(parsing: "eio_time{region:<eu>}")]))
        for (region, time) in [("<eu>", 5_000_000), ("us", 7_000_000)] as [(String, Int64)] {
            shard.trend(MetricID(.time), shard.tags(["name": "ask", "region": region])).record(nanoseconds: time)
        }
        var result = try SampleRun.result()
        var collector = Collector()
        collector.merge(shard.takeDelta())
        result.metrics = collector.metrics
        let text = HTMLReport(result).text
        #expect(text.contains("<h2>By region</h2>"))
        #expect(text.contains(#"<td>&lt;eu&gt;</td><td>eio_time</td><td class="n">1</td><td class="n"></td>"#))
        #expect(!text.contains("<h2>By name</h2>") && !text.contains("<h2>By scenario</h2>"))
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (9_999, "9999"), (12_345, "12.35 k"), (1_234_567, "1.235 M"), (0.123_456, "0.1235"),
        (-2.5, "-2.5"), (1e30, "1000000000000 E"), (1e-20, "0"),
        (0.000_012_345_6, "0.00001235"), (-1.234_56e-9, "-1.235e-9"), (1e-20, "0"),
    ])
    func aPlainFigureHasFourDigits(value: Double, text: String) { #expect(ReportNumber.plain(value) == text) }

    @Test(arguments: [
        (0, "0 ms"), (0.000_25, "250 ns"), (0.870_41, "870.4 µs"), (13.334_7, "13.33 ms"), (65_432, "65.43 s"),
        (900_000, "15 min"), (-4.25, "-4.25 ms"),
    ])
    func aTimeHasItsUnit(milliseconds: Double, text: String) { #expect(ReportNumber.time(milliseconds) == text) }

    @Test(arguments: [(0.001_12, "1.12 ms"), (0.3, "300 ms"), (30.418, "30.42 s"), (125, "2 min 5 s"), (10_800, "3 h")])
    func aLengthIsRead(seconds: Double, text: String) { #expect(ReportNumber.length(seconds) == text) }

    @Test func sizesAndSharesHaveTheirs() {
        #expect(ReportNumber.bytes(999) == "999 B" && ReportNumber.bytes(5_200_000) == "5.2 MB")
        #expect(ReportNumber.share(0.999_999) == "99.99 %" && ReportNumber.share(1) == "100 %")
    }

    @Test func textsOfOthersAreText() throws {
        var result = try SampleRun.result()
        result.run.name = "<img src=x onerror=alert(1)>"
        result.run.scenarios[0].name = "\"><script>"
        result.errors.record(.init(kind: "task", name: "<b>", text: "</table>&'"), at: SampleRun.start)
        let text = HTMLReport(result).text
        #expect(!text.contains("<img") && !text.contains("<b>:"))
        #expect(text.split(separator: "<script").count == 3)
        #expect(text.contains("&lt;/table&gt;&amp;&#39;"))
        #expect(Self.unbalanced(text) == [])
    }

    @Test func aRunWithoutAnything() {
        let run = RunDescription(name: "a", script: "a.lua", commandLine: "", start: 0, seconds: 0, seed: 0)
        let text = HTMLReport(RunResult(run: run, collector: Collector())).text
        #expect(Self.unbalanced(text) == [])
        #expect(text.contains("badge passed"))
        #expect(text.contains("The run for 0 s passed: no errors."))
        #expect(!text.contains("<svg") && !text.contains("<table"))
    }

    @Test(arguments: [0, 0.003, 1, 7, 99, 100, 101, 1e12, .infinity])
    func anAxisHasRoundMarks(_ maximum: Double) {
        let scale = PlotScale(upTo: maximum)
        #expect((2...6).contains(scale.marks.count))
        #expect(scale.upper >= maximum || maximum == .infinity)
        #expect(scale.marks.first == 0 && scale.marks.last == scale.upper)
    }

    @Test(arguments: [0, 0.5, 1, 59, 60, 3_600, 86_400, 1e9])
    func aTimeAxisHasFewMarks(_ seconds: Double) {
        #expect((1...8).contains(PlotScale(seconds: seconds).marks.count))
    }
}
