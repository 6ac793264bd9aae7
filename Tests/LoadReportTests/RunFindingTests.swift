import LoadPlan
import LoadReport
import Metrics
import ProcessSupport
import Testing

struct RunFindingTests {
    /// Iterations and connects that were started, succeeded, failed, and were interrupted.
    struct Counts {
        var iterations: [Double]
        var connects: [Double]

        init(_ iterations: [Double], connects: [Double] = [0, 0, 0, 0]) {
            (self.iterations, self.connects) = (iterations, connects)
        }

        var result: RunResult {
            let registry = MetricRegistry()
            let shard = MetricShard(number: 0, registry: registry)
            let tags = shard.tags(["scenario": "a"])
            let metrics: [BuiltInMetric] = [
                .iterationsStarted, .iterations, .iterationsFailed, .interruptedIterations,
            ]
            for (metric, count) in zip(metrics, self.iterations) { shard.counter(MetricID(metric), tags).add(count) }
            shard.counter(MetricID(.connectsStarted), tags).add(self.connects[0])
            for (result, count) in zip(["opened", "failed", "interrupted"], self.connects.dropFirst()) where count > 0 {
                shard.counter(MetricID(.connects), shard.tags(tags, adding: "result", result)).add(count)
            }
            shard.level(MetricID(.vus), tags).add(1)
            var collector = Collector()
            collector.merge(shard.takeDelta())
            collector.closeInterval(at: 1)
            let run = RunDescription(name: "a", script: "a", commandLine: "", start: 0, seconds: 1, seed: 1)
            return RunResult(run: run, collector: collector)
        }
    }

    @Test func findingIsTheStatusOfTheRun() {
        var result = Counts([7, 0, 7, 0]).result
        result.judge()
        #expect(result.run.exitCode == Int(ExitStatus.thresholdsFailed.rawValue))
        #expect(result.run.exitReason == "No iteration succeeded: all 7 failed.")
    }

    @Test(arguments: [
        (Counts([0, 0, 0, 0]), "No iteration was started."),
        (Counts([1, 0, 1, 0]), "No iteration succeeded: the only one"),
        (Counts([7, 0, 7, 0]), "No iteration succeeded: all 7 failed."),
        (Counts([9, 0, 7, 2]), "No iteration succeeded: 7 failed, 2 cut short by the end of the run."),
        (Counts([9, 0, 1, 8]), "No iteration succeeded: 1 failed, 8 cut short by the end of the run."),
        (Counts([9, 0, 5, 4], connects: [9, 9, 0, 0]), "No iteration succeeded: 5 failed, 4 cut short"),
        (Counts([5, 5, 0, 0], connects: [4, 0, 4, 0]), "No connect succeeded: all 4 failed."),
        (Counts([5, 5, 0, 0], connects: [4, 0, 0, 4]), "No connect succeeded: 4 cut short by the end of the run."),
        (
            Counts([5, 0, 5, 0], connects: [6, 0, 5, 1]),
            "No connect succeeded: 5 failed, 1 cut short by the end of the run, and no iteration either."
        ),
        // A bot that connects again and again in one iteration.
        (Counts([2, 0, 0, 2], connects: [90, 0, 90, 0]), "No connect succeeded: all 90 failed."),
    ])
    func aRunInWhichNothingWorkedHasFailed(_ counts: Counts, _ text: String) throws {
        var result = counts.result
        let finding = try #require(result.finding)
        #expect(finding.isFailure && finding.text.hasPrefix(text), "\(finding)")
        result.judge()
        #expect(result.run.exitCode == 99 && result.run.exitReason == finding.text)
        #expect(EndSummary(result, hasColor: false).text.hasPrefix("  ✗ \(finding.text)\n"))
        let page = HTMLReport(result).text
        #expect(page.contains("<b>\(finding.text)</b>") && page.contains(#"<span class="badge failed">failed</span>"#))
        #expect(page.contains("<dd>99: \(finding.text)</dd>"))
        let copy = try RunResult(export: Array(result.export().utf8))
        #expect(copy.run.exitCode == 99 && copy.finding == finding)
    }

    @Test(arguments: [
        Counts([1, 1, 0, 0]), Counts([9, 1, 8, 0]), Counts([4, 0, 0, 4]),
        Counts([4, 0, 2, 2], connects: [4, 4, 0, 0]),
        Counts([4, 4, 0, 0], connects: [100, 1, 99, 0]), Counts([4, 0, 0, 4], connects: [4, 4, 0, 0]),
    ])
    func whereSomethingWorkedThereIsNothingToSay(_ counts: Counts) {
        var result = counts.result
        result.judge()
        #expect(result.finding == nil && result.run.exitCode == 0)
    }

    @Test func lessThanAHundredthOfTheConnectsIsAWarning() {
        var result = Counts([1000, 9, 991, 0], connects: [1000, 9, 991, 0]).result
        result.judge()
        let text = "Only 9 of 1000 connects succeeded, less than 1 %."
        #expect(result.finding == .warning(text) && result.run.exitCode == 0)
        #expect(EndSummary(result, hasColor: false).text.hasPrefix("  warning: \(text)\n"))
        #expect(HTMLReport(result).text.contains("<b>Warning: \(text)</b>"))
    }

    /// As a part of a run that no user falls to, or what another program has exported.
    @Test func whereNothingWasToRunThereIsNothingToSay() {
        #expect(RunFinding(MetricSet()) == nil)
    }

    /// One process could not connect, the other could; or neither could.
    @Test func aMergeJudgesTheSums() throws {
        var dead = Counts([3, 0, 3, 0], connects: [3, 0, 3, 0]).result
        dead.judge()
        var live = Counts([3, 3, 0, 0], connects: [3, 3, 0, 0]).result
        live.judge()
        var merged = dead
        try merged.merge(live)
        #expect(merged.run.exitCode == 0 && merged.finding == nil)
        merged = dead
        try merged.merge(dead)
        #expect(merged.run.exitCode == 99 && merged.run.exitReason.hasPrefix("No connect succeeded: all 6 failed"))
    }

    // MARK: Thresholds without a value

    private func threshold(_ selector: String, _ expression: String, _ kind: MetricKind) throws
        -> RunDescription.Threshold
    {
        RunDescription.Threshold(
            selector: try MetricSelector(parsing: selector), expression: try ThresholdExpression(parsing: expression),
            kind: kind)
    }

    @Test(arguments: [
        ("c", MetricKind.counter, "count>0", false), ("c", .counter, "count<10", true),
        ("c", .counter, "count==0", true),
        ("c", .counter, "rate>0", false), ("c", .counter, "rate<1", true), ("c{a:b}", .counter, "rate>0", false),
        ("c{a:b}", .counter, "rate<1", true), ("r", .rate, "rate>0.9", false), ("r", .rate, "rate<0.1", false),
        ("t", .trend, "max>0.5", false), ("t", .trend, "p(95)<200", false), ("t{a:b}", .trend, "avg<200", false),
        ("g", .gauge, "value>0", false), ("g", .gauge, "value<5", false), ("checks", .rate, "rate<1", false),
        ("eio_messages_sent", .counter, "rate<1", true), ("eio_errors{kind:time}", .counter, "count<10", true),
        ("ws_msgs_sent", .counter, "rate<1", true), ("eio_time{name:echo}", .trend, "p(95)<200", false),
    ])
    func withoutAValue(_ selector: String, _ kind: MetricKind, _ expression: String, _ passes: Bool) throws {
        var result = Counts([1, 1, 0, 0]).result
        result.run.thresholds = [try self.threshold(selector, expression, kind)]
        // As the program does it, after an export, and in a merge.
        result.run.thresholds[0].evaluate(result.metrics, seconds: 1)
        #expect(result.run.thresholds[0].passed == passes)
        #expect(result.run.thresholds[0].value == (kind == .counter ? 0 : nil))
        var copy = try RunResult(export: Array(result.export().utf8))
        #expect(copy.run.thresholds == result.run.thresholds)
        try copy.merge(result)
        #expect(copy.run.thresholds.map(\.passed) == [passes] && copy.run.exitCode == (passes ? 0 : 99))
        let summary = EndSummary(result, hasColor: false).text
        #expect(summary.contains("(no values)") == (kind != .counter))
        // k6's export says whether a threshold failed, also where its metric has no value.
        let verdict = "\"\(expression.replacing("<", with: "\\u003c"))\": \(!passes)"
        #expect(result.export().contains(verdict), "\(verdict)")
    }

    @Test(arguments: [
        ("eio_time{nam:echo}", "p(95)<200", "nam:echo"), ("eio_time{name:ecko,x:y}", "avg<1", "name:ecko,x:y"),
    ])
    func aSeriesThatNeverOccurredIsNamed(_ selector: String, _ expression: String, _ tags: String) throws {
        var result = try SampleRun.result()
        result.run.thresholds = [try self.threshold(selector, expression, .trend)]
        result.run.thresholds[0].evaluate(result.metrics, seconds: 1)
        let words = "no such series: eio_time has values, but none with \(tags)"
        #expect(EndSummary(result, hasColor: false).text.contains("=(\(words))\n"))
        #expect(HTMLReport(result).text.contains(words))
    }
}
