import Metrics
import Testing

@testable import LoadReport

struct HTMLReportTests {
    /// The elements that are opened and never closed, or closed without having been opened.
    private static func unbalanced(_ html: String) -> [String] {
        let void: Set<String> = ["meta", "link", "!DOCTYPE"]
        var open: [String] = []
        var wrong: [String] = []
        for part in html.split(separator: "<").dropFirst() {
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

    @Test func nothingIsLoadedAndNothingRuns() throws {
        let text = HTMLReport(try SampleRun.result()).text
        for forbidden in ["http:", "https:", "<script", "@import", "url(", "src=", "onload"] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
    }

    @Test func itHasTheVerdictsAndTheNumbers() throws {
        let text = HTMLReport(try SampleRun.result()).text
        #expect(text.contains("<h1>chat <span class=\"badge failed\">failed</span></h1>"))
        for row in [
            #"<td class="failed">✗ failed</td><td>eio_time{name:join}</td><td>p(90)&lt;20</td><td class="n">99.98ms</td>"#,
            #"<td class="failed">✗ failed</td><td>eio_ping_gap</td><td>max&lt;1</td><td class="n">no values</td>"#,
            #"<td class="failed">✗</td><td>status is ok</td><td class="n">88.88%</td><td class="n">40</td>"#,
            #"<td>joins</td><td class="n">90</td><td class="n">9/s</td>"#,
        ] {
            #expect(text.contains("<tr>" + row))
        }
        #expect(text.contains("<b>18/s</b>messages sent"))
        #expect(text.contains("2023-11-14 22:13:20 UTC"))
        #expect(text.contains("<b>Time to connect</b><code>eio_connect{phase:total}</code>"))
        #expect(text.contains("<title>1s\nsent: 180\nreceived: 0</title>"))
    }

    @Test func textsOfOthersAreText() throws {
        var result = try SampleRun.result()
        result.run.name = "<img src=x onerror=alert(1)>"
        result.run.scenarios[0].name = "\"><script>"
        result.errors.record(.init(kind: "task", name: "<b>", text: "</table>&'"), at: SampleRun.start)
        let text = HTMLReport(result).text
        #expect(!text.contains("<img") && !text.contains("<script") && !text.contains("<b>:"))
        #expect(text.contains("&lt;/table&gt;&amp;&#39;"))
        #expect(Self.unbalanced(text) == [])
    }

    @Test func aRunWithoutAnything() {
        let run = RunDescription(name: "a", script: "a.lua", commandLine: "", start: 0, seconds: 0, seed: 0)
        let text = HTMLReport(RunResult(run: run, collector: Collector())).text
        #expect(Self.unbalanced(text) == [])
        #expect(text.contains("badge passed"))
        #expect(!text.contains("<svg") && !text.contains("<table"))
    }

    @Test func anHourOfPointsIsADocumentOfReasonableSize() throws {
        var result = try SampleRun.result()
        let point = result.timeline.points[0]
        for second in 3...3_600 {
            var next = point
            next.time = Double(second)
            result.timeline.append(next)
        }
        let text = HTMLReport(result).text
        #expect(text.utf8.count < 1_000_000)
        #expect(!text.contains("nan") && !text.contains("inf"))
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
