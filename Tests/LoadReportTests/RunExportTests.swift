import LoadReport
import Metrics
import Testing

struct RunExportTests {
    @Test func anExportIsTheWholeRun() throws {
        let result = try SampleRun.result()
        #expect(try RunResult(export: Array(result.export().utf8)) == result)
    }

    @Test func exportsOfProcessesMakeTheSameSummary() throws {
        var merged = try SampleRun.result(part: 0, of: 3)
        for part in 1..<3 {
            let other = try RunResult(export: Array(SampleRun.result(part: part, of: 3).export().utf8))
            try merged.merge(other)
        }
        let whole = try SampleRun.result()
        for metric in [BuiltInMetric.time, .checks, .messagesSent, .errors] {
            let (mine, expected) = (try #require(merged.metrics[metric]), try #require(whole.metrics[metric]))
            #expect(mine.total == expected.total)
            #expect(mine.series.count == expected.series.count)
        }
        #expect(merged.run.thresholds == whole.run.thresholds)
        #expect(merged.run.processes == 3)
        #expect(merged.run.exitCode == 99)
        #expect(merged.errors == whole.errors)
        let differing = ["vus", "queue", "eio_connect", "phase", "eio_loop_lag"]
        let lines = { (result: RunResult) in
            EndSummary(result, hasColor: false).text.split(separator: "\n").filter { line in
                !differing.contains { line.contains($0) }
            }
        }
        #expect(lines(merged) == lines(whole))
        #expect(merged.metrics.value(MetricSelector(metric: "vus"), .value, seconds: 1) == 3)
        #expect(merged.metrics.value(MetricSelector(metric: "queue"), .value, seconds: 1) == 2)
        #expect(merged.timeline.points.map { $0.levels[0] } == [3, 3])
        #expect(merged.timeline.points.map { $0.counters[0] } == [180, 0])
    }

    @Test func aMergeTakesTheTimeFromTheFirstStartToTheLastEnd() throws {
        var first = try SampleRun.result()
        var second = try SampleRun.result()
        second.run.start -= 4
        second.run.seconds = 5
        try first.merge(second)
        #expect(first.run.start == SampleRun.start - 4)
        #expect(first.run.seconds == 14)
        #expect(first.timeline.points.map(\.time) == [1, 2, 5, 6])
    }

    @Test func aMergeNamesTheServersOfAllProcesses() throws {
        let merged = { (servers: [String]) in
            var runs = try servers.map { server in
                var result = try SampleRun.result()
                result.run.server = server
                return result
            }
            var first = runs.removeFirst()
            for other in runs { try first.merge(other) }
            return first.run.server
        }
        #expect(try merged(["", "http://a", "http://a", ""]) == "http://a")
        #expect(try merged(["http://a", "http://b", "http://a", "http://c"]) == "http://a and others")
    }

    @Test func aMergeHasTheStagesOfAScenarioOnce() throws {
        var first = try SampleRun.result()
        first.run.scenarios[0].stageEnds = [10, 20]
        var second = first
        second.run.start -= 4
        second.run.scenarios[0].stageEnds = [13.9, 24.1]
        second.run.scenarios.append(.init(name: "other", executor: "directed", plan: "", stageEnds: [3]))
        var merged = first
        try merged.merge(second)
        #expect(merged.run.scenarios.map(\.stageEnds) == [[14, 24], [3]])
        merged = second
        try merged.merge(first)
        #expect(merged.run.scenarios.map(\.stageEnds) == [[13.9, 24.1], [3]])
    }

    @Test func verdictsOfAMergeAreThoseOfTheSums() throws {
        var first = try SampleRun.result()
        first.run.thresholds = [try SampleRun.threshold("joins", "count>100", value: 90, passed: false)]
        var second = first
        second.run.start += 1
        try first.merge(second)
        #expect(first.run.thresholds.map(\.passed) == [true])
        #expect(first.run.thresholds.map(\.value) == [180])
        #expect(first.run.exitCode == 0)
    }

    @Test func aProcessThatBrokeIsTheRunsEnd() throws {
        var first = try SampleRun.result()
        var second = first
        (second.run.exitCode, second.run.exitReason) = (107, "script error")
        try first.merge(second)
        #expect(first.run.exitCode == 107)
        #expect(first.run.exitReason == "script error")
    }

    @Test func oneNameWithTwoKindsIsRefused() throws {
        var results: [RunResult] = []
        for kind in [MetricKind.counter, .rate] {
            let registry = MetricRegistry()
            let shard = MetricShard(number: 0, registry: registry)
            let metric = try registry.declare("joins", kind)
            if kind == .counter { shard.counter(metric, shard.tags([:])).add() }
            if kind == .rate { shard.rate(metric, shard.tags([:])).add(true) }
            var collector = Collector()
            collector.merge(shard.takeDelta())
            results.append(RunResult(run: SampleRun.description, collector: collector))
        }
        #expect(throws: MetricError.self) { try results[0].merge(results[1]) }
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"eio_lua":{}}"#, #"{"eio_lua":{"format":2}}"#, #"{"eio_lua":{"format":1}}"#,
    ])
    func whatIsNoExport(_ text: String) {
        #expect(throws: ExportError.self) { try RunResult(export: Array(text.utf8)) }
    }

    @Test func aDamagedHistogramIsRefused() throws {
        let text = try SampleRun.result().export()
        let damaged = text.split(separator: #""buckets":["#, maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: #""buckets":[7,"#)
        #expect(damaged != text)
        #expect(throws: ExportError.self) { try RunResult(export: Array(damaged.utf8)) }
    }

    @Test func k6sPartHasItsForm() throws {
        let text = try SampleRun.result().export()
        #expect(text.contains(#""joins": {"#))
        let verdicts = #"p(95)\u003c1500": false,"# + "\n        " + #""p(90)\u003c20": true"#
        #expect(text.contains("\"thresholds\": {\n        \"" + verdicts))
        #expect(text.contains("\"checks\": {\n      \"status is ok\": {"))
        #expect(text.contains("\"path\": \"::status is ok\",\n        \"passes\": 40,\n        \"fails\": 5"))
        #expect(text.contains("\"data_sent\": {\n      \"count\": 468000,\n      \"rate\": 46800\n    }"))
        #expect(text.contains("\"vus\": {\n      \"value\": 1,\n      \"min\": 1,\n      \"max\": 1\n    }"))
    }

    /// Whatever numbers stand in a file, it is refused, or it can be merged with itself and shown.
    @Test(arguments: [
        "0", "-1", "1", "9223372036854775807", "9223372036854775806", "4611686018427387904", "1125899906842624",
        "1e308", "-1e308", "5e-324", "1073741824", "2147483647", "1e12", "999999999999",
    ])
    func whateverNumbersAFileHasItEndsNothing(_ number: String) throws {
        let bytes = Array(try SampleRun.result().export().utf8)
        let places = Self.numbers(in: bytes)
        #expect(places.count > 40)
        // Each kind of number by itself, then all of them.
        for damaged in places.values.map({ [$0] }) + [Array(places.values)] {
            var text = bytes
            for place in damaged.sorted(by: { $0.lowerBound > $1.lowerBound }) {
                text.replaceSubrange(place, with: number.utf8)
            }
            guard var result = try? RunResult(export: text) else { continue }
            try? result.merge(result)
            _ = result.export()
            _ = HTMLReport(result).text
            _ = EndSummary(result, hasColor: false).text
        }
    }

    /// Places of the numbers in the program's own part of an export: one for each key, and for each of the first
    /// numbers in a list.
    private static func numbers(in bytes: [UInt8]) -> [String: Range<Int>] {
        var places: [String: Range<Int>] = [:]
        var key: [UInt8] = []
        var isInKey = false
        var number = 0
        var start: Int?
        for index in bytes.firstRange(of: "\"eio_lua\"".utf8)!.upperBound..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                isInKey.toggle()
                if isInKey { (key, number) = ([], 0) }
            } else if isInKey {
                key.append(byte)
            } else if (0x30...0x39).contains(byte) || start != nil && ".eE-+".utf8.contains(byte) {
                start = start ?? index
            } else if let begin = start {
                number += 1
                if number < 12 { places["\(String(decoding: key, as: UTF8.self)) \(number)"] = begin..<index }
                start = nil
            }
        }
        return places
    }

    @Test func countsNearTheGreatestNumberStayThere() throws {
        var result = try SampleRun.result()
        for _ in 0..<80 { try result.merge(result) }
        #expect(result.errors.total == .max)
        #expect(result.metrics[.checks]?.total == .rate(passes: .max, total: .max))
        #expect(result.metrics.value(MetricSelector(metric: "eio_time"), .count, seconds: 1) == Double(UInt64.max))
        let text = result.export()
        #expect(text.contains("\"count\":9223372036854775807"))
        #expect(throws: ExportError.self) { try RunResult(export: Array(text.utf8)) }
        #expect(HTMLReport(result).text.contains("checks"))
        #expect(EndSummary(result, hasColor: false).text.contains("checks_total"))
    }
}
