import Testing

@testable import LoadReport

struct RunProgressTests {
    private var run: RunProgress {
        var run = RunProgress(seconds: 13, users: 87, maxUsers: 100, complete: 349, interrupted: 0)
        run.scenarios = [
            .init(name: "chat", users: 80, maxUsers: 90, start: 0, length: 60),
            .init(name: "steady", users: 7, maxUsers: 10, start: 3, length: 10),
        ]
        return run
    }

    @Test func lineIsK6s() {
        #expect(self.run.line == "running (0m13.0s), 087/100 VUs, 349 complete and 0 interrupted iterations")
    }

    @Test(arguments: [(3_725.5, "1h2m05.5s"), (61, "1m01.0s"), (0, "0m00.0s")])
    func times(seconds: Double, text: String) {
        var run = self.run
        run.seconds = seconds
        #expect(run.line.hasPrefix("running (\(text)), "))
    }

    @Test func barsShowTheTime() {
        let bars = self.run.scenarios.map { $0.bar(in: self.run, names: 6, width: 79) }
        #expect(bars[0].hasPrefix("chat     [====="))
        #expect(bars[0].contains(">-"))
        #expect(bars[0].hasSuffix("80/90 VUs  0m13.0s/1m00s"))
        #expect(bars[1].hasPrefix("steady ✓ ["))
        #expect(!bars[1].contains("-"))
    }

    @Test func wideNamesTakeTheirColumns() {
        var scenario = self.run.scenarios[0]
        scenario.name = "日本語"
        #expect(scenario.bar(in: self.run, names: 8, width: 79).hasPrefix("日本語     ["))
        #expect(scenario.bar(in: self.run, names: 4, width: 79).hasPrefix("日…    ["))
    }

    @Test func endShowsWhatIsWaitedFor() {
        var run = self.run
        #expect(run.waiting == nil)
        run.isEnding = true
        #expect(run.waiting?.hasPrefix("waiting for 87 users") == true)
        run.users = 0
        #expect(run.waiting == nil)
    }
}
