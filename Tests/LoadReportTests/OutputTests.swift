import LoadReport
import Metrics
import Testing

struct OutputTests {
    private static let sample = Sample(
        metric: "eio_time", time: 1_700_000_000_004_590_000, value: 4.59,
        tags: ["scenario": "chat", "name": "a,\"b\"", "room": "1", "transport": "polling"])

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func line(_ format: SampleEncoder.Format, _ sample: Sample) -> [UInt8] {
        var (encoder, bytes) = (SampleEncoder(format), [UInt8]())
        encoder.append(sample, to: &bytes)
        return bytes
    }

    @Test(arguments: [SampleEncoder.Format.json, .csv])
    func whatIsRememberedOfASeriesIsNotOfAnother(format: SampleEncoder.Format) {
        var samples: [Sample] = []
        // The last ones come after more series than are remembered.
        for number in [0, 1, 0, 1] + Array(2..<5_000) + [0, 1] {
            var sample = Self.sample
            sample.metric = number % 2 == 0 ? "eio_time" : "rtt"
            sample.tags.set("room", to: "\(number / 2)")
            sample.time += Int64(number) * 300_000_000
            samples.append(sample)
        }
        var (encoder, bytes) = (SampleEncoder(format), [UInt8]())
        for sample in samples { encoder.append(sample, to: &bytes) }
        #expect(bytes == samples.flatMap { Self.line(format, $0) })
    }

    @Test(arguments: [(0, ""), (1, ".000000001"), (500_000_000, ".5"), (999_999_999, ".999999999")])
    func timesHaveTheDigitsTheyNeed(nanoseconds: Int64, fraction: String) {
        var sample = Self.sample
        sample.time = 1_700_000_000_000_000_000 + nanoseconds
        #expect(Self.text(Self.line(.json, sample)).contains("\"time\":\"2023-11-14T22:13:20\(fraction)Z\""))
    }

    @Test func jsonLinesAreK6s() {
        let definition = BuiltInMetric.time.definition
        #expect(
            Self.text(SampleEncoder(.json).declaration(of: definition, thresholds: ["p(95)>200"])) == """
                {"type":"Metric","data":{"name":"eio_time","type":"trend","contains":"time",\
                "thresholds":["p(95)>200"],"submetrics":null},"metric":"eio_time"}

                """)
        #expect(
            Self.text(Self.line(.json, Self.sample)) == """
                {"type":"Point","data":{"time":"2023-11-14T22:13:20.00459Z","value":4.59,"tags":{"name":"a,\\"b\\"",\
                "room":"1","scenario":"chat","transport":"polling"}},"metric":"eio_time"}

                """)
    }

    @Test func samplesAsCSV() {
        #expect(
            Self.text(SampleEncoder(.csv).header) == """
                metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,\
                scenario,service,status,subproto,tls_version,url,extra_tags,metadata

                """)
        #expect(
            Self.text(Self.line(.csv, Self.sample)) == """
                eio_time,1700000000,4.590000,,,,,,,"a,""b\""",,chat,,,,,,room=1&transport=polling,

                """)
    }

    @Test func aRowHasAsManyFieldsAsTheHeader() {
        let commas = { (bytes: [UInt8]) in bytes.count { $0 == UInt8(ascii: ",") } }
        var sample = Self.sample
        sample.tags = [:]
        #expect(commas(Self.line(.csv, sample)) == commas(SampleEncoder(.csv).header))
    }

    @Test func locustsStatistics() throws {
        let text = LocustCSV.statistics(try SampleRun.result().metrics, seconds: 10)
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

    @Test func locustsHistory() throws {
        let metrics = try SampleRun.result().metrics
        var history = LocustHistory()
        #expect(LocustCSV.historyHeader.hasPrefix("Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%"))
        #expect(LocustCSV.historyHeader.hasSuffix("Max Response Time,Total Average Content Size\r\n"))
        let first = history.row(metrics, time: SampleRun.start + 2.9, seconds: 2)
        #expect(first.hasPrefix("1700000002,1,,Aggregated,45.500000,0.000000,64.094,"))
        #expect(first.hasSuffix(",91,0,64.094208,63.82967,3.5,109,0\r\n"))
        let second = history.row(metrics, time: SampleRun.start + 3.9, seconds: 3)
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

    @Test func aTimeOfAnyDay() {
        for (time, text) in [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
        ] as [(Int64, String)] {
            let sample = Sample(metric: "a", time: time * 1_000_000_000, value: 0, tags: [:])
            #expect(Self.text(Self.line(.json, sample)).contains("\"time\":\"\(text)\""))
        }
    }
}
