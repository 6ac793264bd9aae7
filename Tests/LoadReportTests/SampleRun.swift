import LoadPlan
import LoadReport
import Metrics

/// A small run whose every number is known.
enum SampleRun {
    static let start = 1_700_000_000.0

    static func threshold(
        _ selector: String, _ expression: String, value: Double? = nil, passed: Bool = true
    ) throws -> RunDescription.Threshold {
        .init(
            selector: try MetricSelector(parsing: selector), expression: try ThresholdExpression(parsing: expression),
            value: value, passed: passed)
    }

    static func thresholds() throws -> [RunDescription.Threshold] {
        [
            try Self.threshold("eio_time{name:join}", "p(95)<1500"),
            try Self.threshold("eio_time{name:join}", "p(90)<20"), try Self.threshold("checks", "rate>0.99"),
            try Self.threshold("eio_ping_gap", "max<1"),
        ]
    }

    static let description = RunDescription(
        name: "chat", script: "chat.lua", commandLine: "eio-lua load chat.lua -u 2 -d 10s", version: "1.0",
        start: Self.start, seconds: 10, seed: .max,
        scenarios: [RunDescription.Scenario(name: "chat", executor: "constant-vus", plan: "2 users for 10s")],
        exitReason: "thresholds failed", exitCode: 99)

    /// - Parameters:
    ///   - part: of `parts`; the samples of all parts together are those of the whole.
    static func result(part: Int = 0, of parts: Int = 1) throws -> RunResult {
        var run = Self.description
        run.thresholds = try Self.thresholds()
        let registry = MetricRegistry(selectors: run.thresholds.map(\.selector))
        let shard = MetricShard(number: 0, registry: registry)
        var collector = Collector()
        let base = shard.tags(["scenario": "chat", "transport": "websocket"])
        let size = try registry.declare("reply_size", .trend)
        let joins = try registry.declare("joins", .counter)
        let queue = try registry.declare("queue", .gauge)

        shard.level(MetricID(.vus), base).add(1)
        for sample in 0..<90 where sample % parts == part {
            let join = shard.trend(MetricID(.time), shard.tags(base, adding: "name", "join"))
            join.record(nanoseconds: Int64(20_000_000 + sample * 1_000_000))
            shard.trend(size, base).record(Double(100 + sample % 4 * 25) / 2)
            shard.counter(joins, base).add()
            let check = sample % 2 == 0 ? "status is ok" : "text is right"
            shard.rate(MetricID(.checks), shard.tags(base, adding: "check", check)).add(sample % 9 != 1)
            shard.counter(MetricID(.messagesSent), base).add(2)
            shard.counter(MetricID(.dataSent), base).add(5_200)
            shard.counter(MetricID(.connects), shard.tags(base, adding: "result", "opened")).add()
            if sample % 30 == 0 {
                let kind = shard.tags(base, adding: "kind", "iteration")
                shard.counter(MetricID(.errors), kind).add()
                shard.recordError(
                    .init(kind: "iteration", text: "chat.lua:7: \u{1B}[2Jno\nreply"), at: Self.start + Double(sample))
            }
        }
        for (phase, time) in [("tcp", 0.25), ("total", 3.5)] {
            shard.trend(MetricID(.connect), shard.tags(base, adding: "phase", phase)).record(time)
        }
        shard.gauge(queue, base).set(Double(part), at: Self.start + Double(part))
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 1)
        shard.trend(MetricID(.loopLag), base).record(nanoseconds: 1_500)
        collector.merge(shard.takeDelta())
        collector.closeInterval(at: 2)

        for index in run.thresholds.indices {
            let threshold = run.thresholds[index]
            run.thresholds[index].value = collector.value(
                threshold.selector, threshold.expression.aggregation, seconds: 10)
            run.thresholds[index].passed = [true, false, false, false][index]
        }
        return RunResult(run: run, collector: collector)
    }
}
