import LoadPlan
import Metrics
import Testing

@testable import LoadReport

struct LiveViewTests {
    private var view: LiveView {
        var view = LiveView(seconds: 13, users: 87, maxUsers: 100, complete: 349, interrupted: 0)
        view.scenarios = [
            .init(name: "chat", users: 80, maxUsers: 90, start: 0, length: 60),
            .init(name: "steady", users: 7, maxUsers: 10, start: 3, length: 10),
        ]
        view.figures = ["sent 100/s", "received 100/s", "errors 0", "time p50=1ms p95=2ms p99=3ms"]
        return view
    }

    @Test func lineIsK6s() {
        #expect(self.view.progressLine == "running (0m13.0s), 087/100 VUs, 349 complete and 0 interrupted iterations")
    }

    @Test(arguments: [(3_725.5, "1h2m05.5s"), (61, "1m01.0s"), (0, "0m00.0s")])
    func times(seconds: Double, text: String) {
        var view = self.view
        view.seconds = seconds
        #expect(view.progressLine.hasPrefix("running (\(text)), "))
    }

    @Test func barsShowTheTime() {
        let lines = self.view.lines(width: 80, height: 24, hasColor: false)
        #expect(lines.count == 4)
        #expect(lines[1].hasPrefix("chat     [====="))
        #expect(lines[1].contains(">-"))
        #expect(lines[1].hasSuffix("80/90 VUs  0m13.0s/1m00s"))
        #expect(lines[2].hasPrefix("steady ✓ ["))
        #expect(!lines[2].contains("-"))
        #expect(lines[3] == self.view.figures.joined(separator: "  "))
    }

    @Test(arguments: [1, 10, 20, 33, 50, 80, 200])
    func noLineIsWiderThanTheTerminal(width: Int) {
        for line in self.view.lines(width: width, height: 24, hasColor: false) {
            #expect(line.count <= max(width - 1, 1))
        }
    }

    @Test func figuresThatHaveNoRoomAreLeftOutWhole() {
        #expect(self.view.lines(width: 40, height: 24, hasColor: false)[3] == "sent 100/s  received 100/s  errors 0")
    }

    @Test func lowTerminalsShowSomeScenarios() {
        var view = self.view
        view.scenarios = (1...20).map { .init(name: "s\($0)", users: 0, maxUsers: 1, start: 0, length: 1) }
        let lines = view.lines(width: 80, height: 10, hasColor: false)
        #expect(lines.count < 10)
        #expect(lines.contains("… and 14 scenarios"))
    }

    @Test func endTellsWhatIsWaitedFor() {
        var view = self.view
        #expect(view.waiting == nil)
        view.isEnding = true
        #expect(view.waiting?.hasPrefix("waiting for 87 users") == true)
        view.users = 0
        #expect(view.waiting == nil)
    }

    /// The acks of all events, in the last second that had some.
    @Test func figuresHaveTheTimesOfAcks() throws {
        let shard = MetricShard(number: 0, registry: MetricRegistry(selectors: []))
        var collector = Collector()
        let plan = try LoadPlan(options: LoadOptions(json: "{}"), shape: .scenario)
        func figures(second: Double) -> [String] {
            collector.merge(shard.takeDelta())
            collector.closeInterval(at: second)
            return LiveView(collector, plan: plan, seconds: second).figures
        }
        let counts = ["sent 0/s", "received 0/s", "errors 0"]
        #expect(figures(second: 1) == counts)
        for (event, count) in [("join", 98), ("leave", 2)] {
            let acks = shard.trend(MetricID(.sioAck), shard.tags(["scenario": "chat", "event": event]))
            for _ in 0..<count { acks.record(nanoseconds: event == "join" ? 20_000_000 : 70_000_000) }
        }
        #expect(figures(second: 2) == counts + ["ack p50=20ms p95=20ms p99=69.99ms"])
        #expect(figures(second: 3) == counts)
    }

    @Test func namesCannotMoveTheCursor() {
        var view = self.view
        view.scenarios[0].name = "a\u{1B}[2Jb"
        #expect(!view.lines(width: 80, height: 24, hasColor: false).joined().contains("\u{1B}"))
    }

    @Test func coloursAreAsked() {
        #expect(self.view.lines(width: 80, height: 24, hasColor: true).joined().contains("\u{1B}["))
        #expect(!self.view.lines(width: 80, height: 24, hasColor: false).joined().contains("\u{1B}["))
    }
}
