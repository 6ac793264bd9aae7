import LoadReport
import Metrics
import TestSupport
import Testing

/// Outputs that others read by bytes, with names in which a delimiter and what follows it are one character.
struct EscapingTests {
    private static let marks = ["\u{301}", "\u{200D}", "\u{FE0F}"]
    private static let delimiters = ["\"", "\\", "<", ">", "&", "'", ",", "\n"]
    private static let names =
        Self.marks.flatMap { mark in Self.delimiters.map { "a\($0)\(mark)b" } } + ["a\nb", "a\r\nb", "a\rb"]

    private static func metrics(_ names: [String]) -> Collector {
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        for name in names {
            let tags = shard.tags(["name": name])
            shard.trend(MetricID(.time), tags).record(nanoseconds: 1_000_000)
            shard.rate(MetricID(.checks), shard.tags(["check": name, "group": "::g\(name)"])).add(true)
            shard.recordError(ErrorTable.Key(kind: "time", name: name, text: name), at: 1)
        }
        var collector = Collector()
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        return collector
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("-1.5", "-1.5"), ("+3", "+3"), ("a=1", "a=1"), ("-", "'-"),
    ])
    func aSpreadsheetCalculatesNothing(name: String, cell: String) {
        var (encoder, bytes) = (SampleEncoder(.csv), [UInt8]())
        encoder.append(
            Sample(metric: MetricID(.time), time: 0, value: -4.5, tags: ["name": name]), of: "eio_time", to: &bytes)
        let row = CSVText.rows(String(decoding: bytes, as: UTF8.self))[0]
        #expect(row[2] == "-4.500000")
        #expect(row[9].utf8.elementsEqual(cell.utf8))
    }

    @Test func eachNameIsOneLabelOfPrometheus() {
        let collector = Self.metrics(Self.names)
        let text = PrometheusText.text(collector.metrics, errors: collector.errors)
        var labels: Set<ExactText> = []
        // Lines end with a line feed and nothing else.
        for line in text.utf8.split(separator: UInt8(ascii: "\n"))
        where line.starts(with: "eio_time_seconds_count".utf8) {
            var rest = line.drop { $0 != UInt8(ascii: "\"") }.dropFirst()
            var label: [UInt8] = []
            while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                if byte != UInt8(ascii: "\\") {
                    label.append(byte)
                } else if let escaped = rest.popFirst() {
                    #expect("\\\"n".utf8.contains(escaped))
                    label.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
                }
            }
            #expect(rest.elementsEqual("} 1".utf8))
            labels.insert(ExactText(String(decoding: label, as: UTF8.self)))
        }
        #expect(labels == Set(Self.names.map(ExactText.init)))
    }

    @Test func theReportIsMadeOfItsOwnElements() throws {
        var result = try SampleRun.result()
        var plain = result
        // So many errors that some are folded away, in both pages.
        for number in 0..<20 { plain.errors.record(.init(kind: "task", text: "\(number)"), at: SampleRun.start) }
        let collector = Self.metrics(Self.names + ["\u{1}\u{1B}[31m\u{7F}\u{9B}\u{202E}\r<"])
        (result.metrics, result.errors) = (collector.metrics, collector.errors)
        result.run.name = "n\"\u{301}<\u{301}script\u{301}>\u{1B}"
        let page = HTMLReport(result).text
        let tags = { (text: String) in
            Set(
                text.utf8.split(separator: UInt8(ascii: "<")).dropFirst().map { part in
                    String(decoding: part.prefix { $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: " ") }, as: UTF8.self)
                })
        }
        #expect(tags(page).subtracting(tags(HTMLReport(plain).text)).isEmpty)
        #expect(!page.unicodeScalars.contains { $0 != "\n" && $0 != "\t" && $0.properties.generalCategory == .control })
        #expect(page.contains("\\u{1}\\u{1b}[31m\\u{7f}\\u{9b}\\u{202e}\\r&lt;"))
    }

    @Test func groupsAreSplitAtTheirColonsAlone() throws {
        var result = try SampleRun.result()
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        for group in ["::a\u{E9}", "::ae\u{301}", "::\u{301}b", "::nul\u{0}c::inner"] {
            shard.rate(MetricID(.checks), shard.tags(["check": "is", "group": group])).add(true)
        }
        var collector = Collector()
        collector.merge(shard.takeDelta())
        (result.metrics, result.errors) = (collector.metrics, collector.errors)
        let text = result.export()
        #expect(text.contains("\"path\": \"::\u{301}b\""))
        #expect(text.contains("\"path\": \"::nul\\u0000c::inner::is\""))
        let groups = ["\"a\u{E9}\": {", "\"ae\u{301}\": {"].map { name in
            text.utf8.split(separator: UInt8(ascii: "\n")).count { $0.suffix(name.utf8.count).elementsEqual(name.utf8) }
        }
        #expect(groups == [1, 1])
    }
}
