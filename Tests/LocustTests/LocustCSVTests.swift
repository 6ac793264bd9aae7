import Locust
import Metrics
import TestSupport
import Testing

struct LocustCSVTests {
    private static let start = 1_700_000_000.0

    private static func metrics() -> MetricSet {
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        shard.level(MetricID(.vus), shard.tags([:])).add(1)
        for sample in 0..<90 {
            let join = shard.trend(MetricID(.time), shard.tags(["name": "join"]))
            join.record(nanoseconds: Int64(20_000_000 + sample * 1_000_000))
        }
        shard.trend(MetricID(.connect), shard.tags(["phase": "total"])).record(3.5)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        return collector.metrics
    }

    // Names in which a delimiter and what follows it are one character.
    private static let marks = ["\u{301}", "\u{200D}", "\u{FE0F}"]
    private static let delimiters = ["\"", "\\", "<", ">", "&", "'", ",", "\n"]
    private static let names =
        Self.marks.flatMap { mark in Self.delimiters.map { "a\($0)\(mark)b" } } + ["a\nb", "a\r\nb", "a\rb"]

    private static func collector(_ names: [String]) -> Collector {
        let shard = MetricShard(number: 0, registry: MetricRegistry())
        for name in names {
            let tags = shard.tags(["name": name])
            shard.trend(MetricID(.time), tags).record(nanoseconds: 1_000_000)
            shard.recordError(ErrorTable.Key(kind: "time", name: name, text: name), at: 1)
        }
        var collector = Collector()
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        return collector
    }

    @Test func locustsStatistics() {
        let text = LocustCSV.statistics(Self.metrics(), seconds: 10)
        #expect(
            text == """
                Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,\
                Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,\
                99.99%,100%\r
                EIO,connect,1,0,3.5,3.5,3.5,3.5,0,0.1,0,3.5,3.5,3.5,3.5,3.5,3.5,3.5,3.5,3.5,3.5,3.5\r
                EIO,join,90,0,64.487424,64.5,20,109,0,9,0,64.487,78.633,86.639,91.174,99.982,104.648,107.332,107.88,108.888,108.989,109\r
                ,Aggregated,91,0,64.094208,63.82967,3.5,109,0,9.1,0,64.094,78.276,86.508,90.964,99.877,104.595,107.322,107.867,108.887,108.989,109\r

                """)
    }

    @Test func locustsHistory() {
        let metrics = Self.metrics()
        var history = LocustHistory()
        #expect(LocustCSV.historyHeader.hasPrefix("Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%"))
        #expect(LocustCSV.historyHeader.hasSuffix("Max Response Time,Total Average Content Size\r\n"))
        let first = history.row(metrics, time: Self.start + 2.9, seconds: 2)
        #expect(first.hasPrefix("1700000002,1,,Aggregated,45.500000,0.000000,64.094,"))
        #expect(first.hasSuffix(",91,0,64.094208,63.82967,3.5,109,0\r\n"))
        let second = history.row(metrics, time: Self.start + 3.9, seconds: 3)
        #expect(second.hasPrefix("1700000003,1,,Aggregated,0.000000,0.000000,64.094,"))
        let commas = { (text: String) in text.count { $0 == "," } }
        #expect(commas(first) == commas(LocustCSV.historyHeader))
    }

    @Test func locustsFailuresAndExceptions() {
        var errors = ErrorTable()
        errors.record(.init(kind: "connect", text: "refused"), at: 1_700_000_000)
        errors.record(.init(kind: "time", name: "join", text: "no, reply"), at: 1_700_000_001)
        errors.record(.init(kind: "iteration", text: "boom\nline 1"), at: 1_700_000_002)
        #expect(
            LocustCSV.failures(errors) == """
                Method,Name,Error,Occurrences,First Seen,Last Seen\r
                EIO,connect,refused,1,2023-11-14T22:13:20Z,2023-11-14T22:13:20Z\r
                EIO,join,"no, reply",1,2023-11-14T22:13:21Z,2023-11-14T22:13:21Z\r

                """)
        #expect(
            LocustCSV.exceptions(errors, node: "local") == """
                Count,Message,Traceback,Nodes\r
                1,boom,line 1,local\r

                """)
    }

    @Test func csvReadsBack() {
        let rows = CSVText.rows(LocustCSV.statistics(Self.collector(Self.names).metrics, seconds: 1))
        #expect(Set(rows.map(\.count)) == [22])
        #expect(Set(rows.map { ExactText($0[1]) }).isSuperset(of: Self.names.map(ExactText.init)))
        let failures = CSVText.rows(LocustCSV.failures(Self.collector(Self.names).errors))
        #expect(Set(failures.map(\.count)) == [6])
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("-1.5", "-1.5"), ("+3", "+3"), ("a=1", "a=1"), ("-", "'-"),
    ])
    func aSpreadsheetCalculatesNothing(name: String, cell: String) {
        let rows = CSVText.rows(LocustCSV.statistics(Self.collector([name]).metrics, seconds: 1))
        #expect(rows.contains { $0[1].utf8.elementsEqual(cell.utf8) })
    }
}
