import LoadPlan
import Metrics
import Testing

@testable import LoadReport

/// The view of a run's result, second after second.
struct LiveViewTests {
    /// A run whose seconds a test makes.
    private struct Run {
        let shard: MetricShard
        private var collector = Collector()
        private var maker: LiveViewMaker
        private var second = 0.0
        var thresholds: [RunDescription.Threshold] = []

        init() throws {
            self.shard = MetricShard(number: 0, registry: MetricRegistry(selectors: []))
            self.maker = LiveViewMaker(try LoadPlan(options: LoadOptions(json: "{}"), shape: .scenario))
        }

        mutating func view() -> LiveView {
            self.second += 1
            self.collector.merge(self.shard.takeDelta())
            self.collector.closeInterval(at: self.second)
            var run = SampleRun.description
            (run.seconds, run.thresholds) = (self.second, self.thresholds)
            return self.maker.view(of: RunResult(run: run, collector: self.collector))
        }

        func time(_ name: String, count: Int, milliseconds: Int = 20) {
            let trend = self.shard.trend(MetricID(.time), self.shard.tags(["scenario": "chat", "name": name]))
            for _ in 0..<count { trend.record(nanoseconds: Int64(milliseconds) * 1_000_000) }
        }

        func ack(_ event: String, count: Int, milliseconds: Int) {
            let trend = self.shard.trend(MetricID(.sioAck), self.shard.tags(["scenario": "chat", "event": event]))
            for _ in 0..<count { trend.record(nanoseconds: Int64(milliseconds) * 1_000_000) }
        }

        func send(_ event: String, count: Double, scenario: String = "chat") {
            self.shard.counter(MetricID(.sioEventsSent), self.shard.tags(["scenario": scenario, "event": event]))
                .add(count)
        }

        func check(_ name: String, passes: Int, fails: Int) {
            let rate = self.shard.rate(MetricID(.checks), self.shard.tags(["scenario": "chat", "check": name]))
            for _ in 0..<passes { rate.add(true) }
            for _ in 0..<fails { rate.add(false) }
        }

        func fail(_ text: String, count: Int) {
            for _ in 0..<count { self.shard.recordError(.init(kind: "iteration", text: text), at: SampleRun.start) }
        }
    }

    /// The acks of all events in the last second; the line stays in a second without one.
    @Test func figuresHaveTheTimesOfAcks() throws {
        var run = try Run()
        #expect(run.view().figures.times == [])
        run.ack("join", count: 98, milliseconds: 20)
        run.ack("leave", count: 2, milliseconds: 70)
        let times = run.view().figures.times
        #expect(times.map(\.name) == ["ack"])
        let statistics = try #require(times[0].statistics)
        #expect((statistics.p50 - 20).magnitude < 0.2 && (statistics.p95 - 20).magnitude < 0.2)
        #expect((statistics.p99 - 70).magnitude < 0.6)
        #expect(run.view().figures.times == [.init(name: "ack", statistics: nil)])
    }

    @Test func namesHaveTheRatesOfTheLastSecond() throws {
        var run = try Run()
        run.time("join", count: 10)
        run.send("say", count: 30)
        run.send("say", count: 10, scenario: "other")
        let rows = { (view: LiveView) in
            view.names.rows.map { "\($0.key.kind) \($0.key.name.text) \($0.rate) \($0.p95 == nil ? "-" : "p95")" }
        }
        #expect(rows(run.view()) == ["sent say 40.0 -", "time join 10.0 p95"])
        run.time("join", count: 5)
        run.send("say", count: 3)
        run.ack("say", count: 20, milliseconds: 1)
        #expect(rows(run.view()) == ["sent say 3.0 -", "ack say 20.0 p95", "time join 5.0 p95"])
        #expect(rows(run.view()) == ["sent say 0.0 -", "ack say 0.0 -", "time join 0.0 -"])
    }

    /// Rates that come and go do not move the rows each second.
    @Test func namesKeepTheirPlaces() throws {
        var run = try Run()
        var orders: Set<[String]> = []
        for second in 0..<30 {
            run.time("a", count: second % 2 == 0 ? 120 : 100)
            run.time("b", count: second % 2 == 0 ? 100 : 120)
            orders.insert(run.view().names.rows.map(\.key.name.text))
        }
        #expect(orders == [["a", "b"]])
        for _ in 0..<5 {
            run.time("b", count: 300)
            orders.insert(run.view().names.rows.map(\.key.name.text))
        }
        #expect(orders == [["a", "b"], ["b", "a"]])
    }

    @Test func failingChecksAreFirst() throws {
        var run = try Run()
        run.check("good", passes: 5, fails: 0)
        run.check("bad", passes: 3, fails: 1)
        let view = run.view()
        #expect(view.checks.rows.map(\.name) == ["bad", "good"])
        #expect(view.checks.rows.map(\.fails) == [1, 0])
        #expect((view.passes, view.checked) == (8, 9))
    }

    @Test func commonestErrorsAreFirst() throws {
        var run = try Run()
        run.fail("rare", count: 1)
        run.fail("common", count: 7)
        #expect(run.view().errors.rows.map(\.text) == ["common", "rare"])
        run.fail("rare", count: 7)
        let errors = run.view().errors
        #expect(errors.rows.map(\.text) == ["common", "rare"])
        #expect(errors.rows.map(\.count) == [7, 8])
        run.fail("rare", count: 7)
        #expect(run.view().errors.rows.map(\.text) == ["rare", "common"])
    }

    /// A threshold that fails now and then stays first.
    @Test func failingThresholdsAreFirst() throws {
        var run = try Run()
        func thresholds(_ passed: Bool) throws -> [RunDescription.Threshold] {
            [
                try SampleRun.threshold("checks", "rate>0.5", value: 1),
                try SampleRun.threshold("eio_time", "p(95)<200", value: passed ? 199 : 200.5, passed: passed),
                try SampleRun.threshold("eio_ping_gap", "max<1", value: nil, passed: false),
            ]
        }
        run.thresholds = try thresholds(true)
        let view = run.view()
        #expect(view.thresholds.rows.map(\.selector) == ["checks", "eio_time", "eio_ping_gap"])
        #expect(view.thresholds.rows.map(\.state) == [.holding, .holding, .waiting])
        #expect(view.thresholds.rows.last?.value == "no value yet")
        #expect((view.failing, view.evaluated) == (0, 2))
        run.thresholds = try thresholds(false)
        #expect(run.view().thresholds.rows.map(\.selector) == ["eio_time", "checks", "eio_ping_gap"])
        run.thresholds = try thresholds(true)
        for _ in 0..<9 {
            #expect(run.view().thresholds.rows.map(\.selector) == ["eio_time", "checks", "eio_ping_gap"])
        }
        #expect(run.view().thresholds.rows.map(\.selector) == ["checks", "eio_time", "eio_ping_gap"])
    }

    @Test func troublesAreCounted() throws {
        #expect(try SampleRun.result().troubles == ", 3 errors, 2 of 4 thresholds failing")
        var result = try SampleRun.result()
        (result.metrics, result.run.thresholds) = (MetricSet(), [])
        #expect(result.troubles == "")
    }
}
