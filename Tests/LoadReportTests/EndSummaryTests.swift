import LoadPlan
import LoadReport
import Metrics
import Testing

struct EndSummaryTests {
    private static let expected = """
          █ THRESHOLDS

            eio_time{name:join}
            ✓ 'p(95)<1500' p(95)=104.64ms
            ✗ 'p(90)<20' p(90)=99.98ms

            checks
            ✗ 'rate>0.99' rate=88.88%

            eio_ping_gap
            ✗ 'max<1' max=(no values)

          █ TOTAL RESULTS

            checks_total.......................: 90     9/s
            checks_succeeded...................: 88.88% 80 out of 90
            checks_failed......................: 11.11% 10 out of 90

            ✗ status is ok
              ↳  88% — ✓ 40 / ✗ 5
            ✗ text is right
              ↳  88% — ✓ 40 / ✗ 5

            CUSTOM
            joins..............................: 90     9/s
            queue..............................: 0      min=0   max=0
            reply_size.........................: avg=68.472222 min=50 med=62.625 max=87.5 p(90)=87.5 p(95)=87.5
            ENGINE.IO
            eio_connect........................: avg=3.5ms  min=3.5ms med=3.5ms   max=3.5ms p(90)=3.5ms   p(95)=3.5ms
              { phase:tcp }....................: avg=250µs  min=250µs med=250µs   max=250µs p(90)=250µs   p(95)=250µs
            eio_connects.......................: 90     9/s
              { result:opened }................: 90     9/s
            eio_errors.........................: 3      0.3/s
              { kind:iteration }...............: 3      0.3/s
            eio_loop_lag.......................: avg=1.5µs  min=1.5µs med=1.5µs   max=1.5µs p(90)=1.5µs   p(95)=1.5µs
            eio_messages_sent..................: 180    18/s
            eio_time...........................: avg=64.5ms min=20ms  med=64.48ms max=109ms p(90)=99.98ms p(95)=104.64ms
              { name:join }....................: avg=64.5ms min=20ms  med=64.48ms max=109ms p(90)=99.98ms p(95)=104.64ms
            EXECUTION
            vus................................: 1      min=1   max=1
            NETWORK
            data_sent..........................: 468 kB 47 kB/s

          █ ERRORS

            3  iteration: chat.lua:7: \\u{1b}[2Jno\\nreply (first after 0s, last 1m0s)

        """

    @Test func theLayoutIsK6s() throws {
        let text = EndSummary(try SampleRun.result(), hasColor: false).text
        for (line, expected) in zip(text.split(separator: "\n"), Self.expected.split(separator: "\n")) {
            #expect(line == expected)
        }
        #expect(text == Self.expected)
    }

    @Test func coloursChangeNothingElse() throws {
        let result = try SampleRun.result()
        let colored = EndSummary(result, hasColor: true).text
        var plain = colored
        for code in ["1", "2", "31", "32", "36", "0"] {
            plain = plain.split(separator: "\u{1B}[\(code)m", omittingEmptySubsequences: false).joined()
        }
        #expect(plain == EndSummary(result, hasColor: false).text)
        #expect(colored.contains("\u{1B}[31m✗\u{1B}[0m"))
        #expect(colored.contains("joins\u{1B}[2m...."))
    }

    @Test func theNumbersOfTrendsCanBeChosen() throws {
        let wanted = ["p(99.9)", "count", "max"].compactMap { Aggregation($0) }
        let text = EndSummary(try SampleRun.result(), trendStatistics: wanted, hasColor: false).text
        let line = try #require(text.split(separator: "\n").first { $0.contains("reply_size") })
        #expect(line.hasSuffix(": p(99.9)=87.5 count=90 max=87.5"))
    }

    @Test func allTimesHaveTheUnitThatWasChosen() throws {
        let text = EndSummary(try SampleRun.result(), timeUnit: .seconds, hasColor: false).text
        for line in ["✓ 'p(95)<1500' p(95)=0.10s", "avg=0.06s min=0.02s med=0.06s max=0.11s p(90)=0.10s p(95)=0.10s"] {
            #expect(text.contains(line))
        }
        // Other values, and the time of an error, are unchanged.
        #expect(text.contains("avg=68.472222 min=50"))
        #expect(text.contains("(first after 0s, last 1m0s)"))
    }

    @Test func aRunWithoutAnything() {
        let run = RunDescription(name: "a", script: "a.lua", commandLine: "", start: 0, seconds: 0, seed: 0)
        let result = RunResult(run: run, collector: Collector())
        #expect(EndSummary(result, hasColor: false).text == "  █ TOTAL RESULTS\n")
    }

    @Test func aLongNameWidensTheColumn() throws {
        let registry = MetricRegistry()
        let shard = MetricShard(number: 0, registry: registry)
        let name = String(repeating: "n", count: 50)
        shard.counter(try registry.declare(name, .counter), shard.tags([:])).add(1)
        shard.counter(try registry.declare("short", .counter), shard.tags([:])).add(1)
        var collector = Collector()
        collector.merge(shard.takeDelta())
        let run = RunDescription(name: "a", script: "a.lua", commandLine: "", start: 0, seconds: 1, seed: 0)
        let text = EndSummary(RunResult(run: run, collector: collector), hasColor: false).text
        #expect(text.contains("    \(name)...: 1 1/s\n"))
        #expect(text.contains("    short\(String(repeating: ".", count: 48)): 1 1/s\n"))
    }
}
