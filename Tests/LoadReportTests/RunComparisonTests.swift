import LoadPlan
import Metrics
import Testing

@testable import LoadReport

struct RunComparisonTests {
    private static func compare(_ thresholds: String...) throws -> RunComparison {
        let before = try SampleRun.result(part: 0, of: 2)
        var after = try SampleRun.result()
        after.run.name = "<b>chat"
        return RunComparison(
            before: before, after: after, thresholds: try thresholds.map { try #require(ChangeThreshold($0)) })
    }

    @Test func eachFigureHasItsChange() throws {
        let text = try Self.compare().text
        let lines = text.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        #expect(lines[0] == ["metric", "figure", "before", "after", "change"])
        #expect(lines.contains(["joins", "rate", "4.5/s", "9/s", "+100", "%"]))
        #expect(lines.contains { $0.starts(with: ["eio_time{name:join}", "p(95)"]) })
        #expect(lines.contains(["vus", "max", "1", "1", "0", "%"]))
        // All lines of the table are of one width.
        #expect(Set(text.split(separator: "\n").map(\.count)).count == 1)
    }

    @Test(arguments: [
        ("joins:rate<101%", true), ("joins:rate<99%", false), ("joins:rate>=100%", true), ("vus:value==0%", true),
        ("eio_time{name:join}:max<1000%", true), ("eio_time{name:other}:p(95)<10%", false),
        ("sio_acks:count<=0%", true),
    ])
    func aThresholdHoldsForTheChange(text: String, holds: Bool) throws {
        #expect(try Self.compare(text).holds == holds)
    }

    @Test(arguments: [
        "", "eio_time", "eio_time:p(95)<10", "eio_time:p(95)10%", "p(95)<10%", "eio_time{a:b}<5%", "x:p(101)<1%",
    ])
    func whatIsNoThreshold(text: String) { #expect(ChangeThreshold(text) == nil) }

    @Test func aChangeFromZeroHasNoShare() {
        #expect(RunComparison.text(ofChange: .infinity) == "from 0")
        #expect(RunComparison.text(ofChange: -.infinity) == "from 0")
        #expect(RunComparison.text(ofChange: -100) == "-100 %")
    }

    @Test func theConditionIsAfterTheTags() throws {
        let threshold = try #require(ChangeThreshold("eio_time{name:a:b<c}:p(99)>-5%"))
        #expect(threshold.selector.tags["name"] == "a:b<c")
        #expect(threshold.expression.value == -5)
    }

    @Test func thePageHasTheSameFiguresAsText() throws {
        let html = try Self.compare("joins:rate<10%").html
        #expect(html.contains(#"<td class="n">4.5/s</td><td class="n">9/s</td><td class="n">+100 %</td>"#))
        #expect(html.contains("The threshold on the changes failed: joins:rate&lt;10% (+100 %)."))
        #expect(html.contains(#"two runs compared <span class="badge failed">failed</span></h1>"#))
        #expect(html.contains("&lt;b&gt;chat"))
        #expect(!html.contains("<b>chat"))
    }
}
