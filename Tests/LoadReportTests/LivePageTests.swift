import JSONText
import Metrics
import Testing

@testable import LoadReport

struct LivePageTests {
    /// A run that goes on, after this many seconds.
    private static func running(seconds: Int, names: Int = 2) throws -> RunResult {
        var result = try ReportPlotsTests.result(seconds: seconds, names: names)
        (result.run.isRunning, result.run.seconds, result.run.plannedSeconds) = (true, Double(seconds), 60)
        (result.run.exitCode, result.run.exitReason) = (0, "")
        return result
    }

    private static func json(_ page: LivePage, since version: Int) throws -> JSON {
        let text = try #require(page.changes(since: version)).text
        // A line of the stream ends with nothing else.
        #expect(!text.utf8.contains { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
        return try #require(JSON(parsing: text.utf8))
    }

    private static func sections(_ json: JSON) -> [String: String] {
        Dictionary(uniqueKeysWithValues: json["sections"]!.members!.map { ($0.key, $0.value.string!) })
    }

    @Test func nothingIsThereBeforeTheFirstUpdate() {
        let page = LivePage()
        #expect(page.version == 0)
        #expect(page.changes(since: 0) == nil)
        #expect(page.html(stopPath: nil).contains("The run is about to start."))
    }

    @Test func theFirstChangesHaveEverythingAndTheNextOnlyWhatIsNew() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        let first = try Self.json(page, since: 0)
        let order = try #require(first["order"]?.array).compactMap(\.string)
        #expect(order.starts(with: ["verdict", "thresholds", "errors", "figures", "definitions", "over-time"]))
        #expect(Set(Self.sections(first).keys) == Set(order))
        #expect(first["data"]?["times"]?.array?.count == 20)
        #expect(first["data"]?["from"] == nil)

        page.update(try Self.running(seconds: 21))
        #expect(page.version == 2)
        let second = try Self.json(page, since: 1)
        #expect(second["order"] == first["order"])
        let changed = Self.sections(second)
        #expect(changed["verdict"]?.contains("goes on: 21 s of 1 min; ") == true)
        // Neither the errors nor the histograms are others.
        #expect(changed["errors"] == nil && changed["distribution"] == nil && changed["definitions"] == nil)
        #expect(second["data"]?["from"]?.integer == 20)
        #expect(second["data"]?["times"]?.array?.map(\.double) == [21])
        // Someone who has missed a second gets all of it.
        #expect(try Self.json(page, since: 0)["data"]?["times"]?.array?.count == 21)
    }

    @Test func anUpdateWithoutAChangeMakesNoVersion() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        page.update(try Self.running(seconds: 20))
        #expect(page.version == 1)
        #expect(page.changes(since: 1) == nil)
    }

    @Test func aPageOfAnotherRunGetsEverythingAndTheNameOfThisOne() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        let changes = try Self.json(page, since: 500)
        let run = try #require(changes["run"]?.string)
        #expect(page.html(stopPath: nil).contains("\"run\":\"\(run)\""))
        var other = LivePage()
        other.update(try Self.running(seconds: 20))
        #expect(try Self.json(other, since: 0)["run"] != changes["run"])
        #expect(changes["data"]?["times"]?.array?.count == 20)
    }

    @Test func aNewPlotBringsAllOfItsPoints() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        page.update(try Self.running(seconds: 21, names: 3))
        #expect(try Self.json(page, since: 1)["data"]?["times"]?.array?.count == 21)
    }

    @Test func whatEndsTheRunIsThatOfTheReport() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        var result = try Self.running(seconds: 21)
        result.run.isRunning = false
        (result.run.exitCode, result.run.exitReason) = (99, "thresholds failed")
        page.update(result)
        let changes = try Self.json(page, since: 0)
        let report = HTMLReport(result).sections
        #expect(changes["order"]?.array?.compactMap(\.string) == report.map(\.id))
        for section in report { #expect(Self.sections(changes)[section.id] == section.html) }
        #expect(changes["isRunning"] == .bool(false))
        #expect(changes["title"]?.string == "failed: chat")
        #expect(changes["data"] == JSON(parsing: HTMLReport(result).plots.data.json().text().utf8))
        #expect(page.html(stopPath: nil).contains(report.map(\.html).joined()))
    }

    @Test func thresholdsHaveTheStateOfTheMoment() throws {
        var page = LivePage()
        page.update(try Self.running(seconds: 20))
        let changes = try Self.json(page, since: 0)
        let table = try #require(Self.sections(changes)["thresholds"])
        for part in [
            #"<td class="passed">✓ holds now</td>"#, #"<td class="failed">✗ fails now</td>"#, "<td>no value yet</td>",
        ] {
            #expect(table.contains(part))
        }
        #expect(changes["state"]?.string == "The run goes on; 2 of 4 thresholds fail now.")
        #expect(changes["title"]?.string == "running: chat")
        #expect(Self.sections(changes)["verdict"]?.contains("<progress max=\"60\" value=\"20\"") == true)
    }

    @Test func hostileNamesStayText() throws {
        let hostile = "</script><img src=x onerror=alert(1)>\u{2028}\u{1B}[2J\r\ndata: {}"
        var result = try Self.running(seconds: 20)
        result.run.name = hostile
        result.errors.record(.init(kind: "task", name: hostile, text: hostile), at: SampleRun.start)
        var page = LivePage()
        page.update(result)
        let sections = Self.sections(try Self.json(page, since: 0))
        #expect(
            sections.values.allSatisfy { !$0.contains("<img") && !$0.contains("</script") && !$0.contains("\u{1B}") })
        let html = page.html(stopPath: "stop?token=</script>")
        #expect(!html.contains("<img"))
        // The data, the page's settings, and the script.
        #expect(html.split(separator: "<script").count == 4)
        #expect(html.split(separator: "</script>").count == 4)
    }

    @Test func onlyThePagesOwnScriptRuns() throws {
        let nonce = try #require(LivePage.contentSecurityPolicy.split(separator: "'nonce-").last?.prefix { $0 != "'" })
        #expect(nonce.count >= 20)
        #expect(LivePage().html(stopPath: nil).contains("<script nonce=\"\(nonce)\">"))
        #expect(!LivePage.contentSecurityPolicy.contains("script-src 'unsafe"))
    }

    @Test func mergedPointsKeepThePeaks() {
        let sampling = PointSampling.live(of: 4_000)
        #expect(sampling == PointSampling(group: 8, kept: .extremes))
        var values = (0..<4_000).map { _ in Optional(5.0) }
        (values[1_601], values[1_603], values[2_000], values[4]) = (99, 1, nil, nil)
        let merged = sampling.values(values)
        #expect(merged.count == 1_000)
        #expect(merged[400] == 99 && merged[401] == 1)
        #expect(merged.compactMap(\.self).count == 1_000)
        #expect(sampling.times((1...4_000).map(Double.init)).suffix(2) == [3_996, 4_000])
        #expect(sampling.values(Array(repeating: nil, count: 9)) == [nil, nil, nil])
    }

    @Test(arguments: [1, 1_000, 1_001, 1_999, 2_001, 12_000])
    func aLineHasAThousandPointsAtMost(count: Int) {
        let times = PointSampling.live(of: count).times((1...count).map(Double.init))
        #expect(times.count <= 1_000 && times.count >= Swift.min(count, 500))
        #expect(times.last == Double(count))
        #expect(zip(times, times.dropFirst()).allSatisfy(<))
    }

    @Test func aSecondOfALongRunWithManyNamesIsSmall() throws {
        var page = LivePage()
        let length = 10_000
        page.update(try Self.running(seconds: length, names: 50))
        page.update(try Self.running(seconds: length + 1, names: 50))
        let (all, second) = (try #require(page.changes(since: 0)), try #require(page.changes(since: 1)))
        #expect(all.text.utf8.count < 500_000)
        #expect(second.text.utf8.count < 50_000)
        let html = page.html(stopPath: nil)
        #expect(html.utf8.count < 1_000_000)
        // The page begins with the state that its stream goes on from.
        #expect(html.contains("\"version\":2"))
    }
}
