import LoadReport
import Metrics
import Testing

struct OutputTests {
    private static let sample = Sample(
        metric: MetricID(.time), time: 1_700_000_000_004_590_000, value: 4.59,
        tags: ["scenario": "chat", "name": "a,\"b\"", "room": "1", "transport": "polling"])

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func line(_ format: SampleEncoder.Format, _ sample: Sample) -> [UInt8] {
        var (encoder, bytes) = (SampleEncoder(format), [UInt8]())
        Self.append(sample, &encoder, &bytes)
        return bytes
    }

    private static func append(_ sample: Sample, _ encoder: inout SampleEncoder, _ bytes: inout [UInt8]) {
        let name = BuiltInMetric(rawValue: sample.metric.index)?.definition.name
        encoder.append(sample, of: name ?? "", to: &bytes)
    }

    @Test(arguments: [SampleEncoder.Format.json, .csv])
    func whatIsRememberedOfASeriesIsNotOfAnother(format: SampleEncoder.Format) {
        var samples: [Sample] = []
        // The last ones come after more series than are remembered.
        for number in [0, 1, 0, 1] + Array(2..<5_000) + [0, 1] {
            var sample = Self.sample
            sample.metric = MetricID(number % 2 == 0 ? .time : .iterations)
            sample.tags.set("room", to: "\(number / 2)")
            sample.time += Int64(number) * 300_000_000
            samples.append(sample)
        }
        var (encoder, bytes) = (SampleEncoder(format), [UInt8]())
        for sample in samples { Self.append(sample, &encoder, &bytes) }
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

    @Test func aTimeOfAnyDay() {
        for (time, text) in [
            (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
        ] as [(Int64, String)] {
            let sample = Sample(metric: MetricID(.time), time: time * 1_000_000_000, value: 0, tags: [:])
            #expect(Self.text(Self.line(.json, sample)).contains("\"time\":\"\(text)\""))
        }
    }
}
