import JSONText
import Metrics
import Testing

@testable import LoadReport

struct LiveLayoutTests {
    private var progress: RunProgress {
        var progress = RunProgress(seconds: 13, users: 87, maxUsers: 100, complete: 349, interrupted: 0)
        progress.scenarios = [
            .init(name: "chat", users: 80, maxUsers: 90, start: 0, length: 60),
            .init(name: "steady", users: 7, maxUsers: 10, start: 3, length: 10),
        ]
        return progress
    }

    /// A run with something in every part.
    private func view(rows: Int = 3) -> LiveView {
        var view = LiveView(self.progress)
        (view.figures.sent, view.figures.received, view.figures.errors) = (1234.4, 2.25, 40)
        let statistics = Timeline.Statistics(count: 9, mean: 2, min: 1, max: 4, p50: 1.5, p95: 123.456, p99: 4_321)
        view.figures.times = [.init(name: "time", statistics: statistics), .init(name: "ack", statistics: nil)]
        let names = (0..<rows).map(String.init)
        view.thresholds = .init(
            rows: names.map {
                LiveThreshold(
                    selector: "eio_time{name:\($0)}", expression: "p(95)<200", value: $0 == "0" ? "234.5 ms" : "12 ms",
                    state: $0 == "0" ? .failing : .holding)
            }, count: rows)
        (view.failing, view.evaluated) = (1, rows)
        view.checks = .init(
            rows: names.map { CheckResult(group: "", name: "check \($0)", passes: 70, total: $0 == "0" ? 72 : 70) },
            count: rows)
        (view.passes, view.checked) = (UInt64(rows * 70), UInt64(rows * 70 + 2))
        view.errors = .init(
            rows: names.map { LiveError(count: 20, place: "time join", text: "no reply \($0) after 5 seconds") },
            count: rows)
        view.names = .init(
            rows: names.map {
                LiveName(key: .init(kind: $0 == "1" ? .sent : .time, name: ExactText("join \($0)")), rate: 12, p95: 7)
            }, count: rows)
        return view
    }

    private func lines(_ view: LiveView, _ width: Int, _ height: Int, hasColor: Bool = false) -> [String] {
        LiveLayout(view, width: width, height: height, hasColor: hasColor).lines.map(\.text)
    }

    @Test func everythingFitsAnUsualTerminal() {
        #expect(
            self.lines(self.view(), 80, 24) == [
                "running (0m13.0s), 087/100 VUs, 349 complete and 0 interrupted iterations",
                "chat     [=======>--------------------------------] 80/90 VUs  0m13.0s/1m00s",
                "steady ✓ [========================================] 07/10 VUs  0m10.0s/0m10s",
                "sent 1234/s     received 2.3/s      errors 40",
                "time  p50=1.5ms     p95=123.45ms  p99=4.32s",
                "ack   p50=–         p95=–         p99=–",
                "THRESHOLDS  1 of 3 failing",
                "✗ fails      234.5 ms  p(95)<200  eio_time{name:0}",
                "✓ holds         12 ms  p(95)<200  eio_time{name:1}",
                "✓ holds         12 ms  p(95)<200  eio_time{name:2}",
                "CHECKS  99.05 % of 212 passed",
                "✗ fails  97.22 %  2 of 72 failed             check 0",
                "✓ holds    100 %  0 of 70 failed             check 1",
                "✓ holds    100 %  0 of 70 failed             check 2",
                "ERRORS  40",
                "     20  time join: no reply 0 after 5 seconds",
                "     20  time join: no reply 1 after 5 seconds",
                "     20  time join: no reply 2 after 5 seconds",
                "LAST SECOND",
                "     12/s  p95=7ms       time      join 0",
                "     12/s                sent      join 1",
                "     12/s  p95=7ms       time      join 2",
            ])
    }

    @Test func longListsAreCutWithTheirCount() {
        let lines = self.lines(self.view(rows: 50), 80, 24)
        #expect(lines.count == 23)
        #expect(lines.contains("THRESHOLDS  1 of 50 failing  … and 46 more"))
        #expect(lines.contains("CHECKS  99.94 % of 3502 passed  … and 47 more"))
        #expect(lines.contains("ERRORS  40  … and 47 more"))
        #expect(lines.contains("LAST SECOND  … and 47 more"))
    }

    @Test func smallTerminalShowsTheImportant() {
        #expect(
            self.lines(self.view(rows: 50), 40, 10) == [
                "running (0m13.0s), 087/100 VUs, 349 co…",
                "chat     80/90 VUs  0m13.0s/1m00s",
                "sent 1234/s    received 2.3/s",
                "THRESHOLDS 1/50 failing … and 49 more",
                "✗     234.5 ms p(95)<200 eio_time{name…",
                "CHECKS 99.94 % … and 49 more",
                "✗ 97.22 % check 0",
                "ERRORS 40 … and 49 more",
                "     20 time join: no reply 0 after 5 …",
            ])
    }

    @Test func largeTerminalHasListsSideBySide() {
        let lines = self.lines(self.view(rows: 20), 200, 60)
        let heading = lines.first { $0.hasPrefix("THRESHOLDS") }
        #expect(heading == "THRESHOLDS  1 of 20 failing" + String(repeating: " ", count: 74) + "ERRORS  40")
        #expect(lines.contains { $0.hasPrefix("CHECKS") && $0.contains("LAST SECOND") })
        #expect(!lines.contains { $0.contains("more") })
        #expect(lines.contains { $0.hasSuffix("check 19") || $0.contains("check 19  ") })
        #expect(lines.contains { $0.hasSuffix("join 19") })
    }

    @Test func listsOfOneSideHaveTheWholeWidth() {
        var view = self.view()
        (view.thresholds, view.checks) = (.init(), .init())
        view.errors.rows = [LiveError(count: 1, place: "connect", text: String(repeating: "x", count: 300))]
        #expect(self.lines(view, 200, 60).contains { TerminalLine.columns(of: $0) == 199 })
    }

    @Test(arguments: [1, 2, 5, 10, 20, 39, 40, 60, 80, 139, 141, 200, 300], [1, 2, 3, 5, 8, 10, 24, 60])
    func nothingIsWiderOrHigherThanTheTerminal(width: Int, height: Int) {
        for rows in [0, 1, 3, 90] {
            var view = self.view(rows: rows)
            view.progress.isEnding = rows == 1
            let lines = LiveLayout(view, width: width, height: height, hasColor: false).lines
            #expect(lines.count <= max(height - 1, 1))
            for line in lines {
                #expect(line.columns <= max(width - 1, 1))
                #expect(line.columns == TerminalLine.columns(of: line.text))
                #expect(!line.text.hasSuffix(" "))
            }
        }
    }

    /// Of each number of rows, the next one has no less lines, so that the screen does not grow and shrink.
    @Test func moreRowsNeverMakeFewerLines() {
        var last = 0
        for rows in 0...40 {
            let count = self.lines(self.view(rows: rows), 80, 24).count
            #expect(count >= last)
            last = count
        }
        #expect(last == 23)
    }

    @Test func failedChecksHaveLinesBeforeErrors() {
        var view = self.view(rows: 9)
        #expect(self.lines(view, 80, 8).contains { $0.hasPrefix("CHECKS") })
        #expect(!self.lines(view, 80, 8).contains { $0.hasPrefix("ERRORS") })
        view.passes = view.checked
        #expect(!self.lines(view, 80, 8).contains { $0.hasPrefix("CHECKS") })
        #expect(self.lines(view, 80, 8).contains { $0.hasPrefix("ERRORS") })
    }

    @Test func figuresThatHaveNoRoomAreLeftOutWhole() {
        var view = self.view()
        view.figures.times[0] = .init(name: "iteration", statistics: view.figures.times[0].statistics)
        let lines = self.lines(view, 40, 24)
        #expect(lines.contains("sent 1234/s    received 2.3/s"))
        #expect(lines.contains("iteration p50=1.5ms    p95=123.45ms"))
    }

    @Test func lowTerminalsShowSomeScenarios() {
        var view = LiveView(self.progress)
        view.progress.scenarios = (1...20).map { .init(name: "s\($0)", users: 0, maxUsers: 1, start: 0, length: 1) }
        let lines = self.lines(view, 80, 10)
        #expect(lines.count == 9)
        #expect(lines.contains { $0.hasPrefix("s6 ") } && !lines.contains { $0.hasPrefix("s7 ") })
        #expect(lines.contains("… and 14 scenarios"))
    }

    @Test func waitingIsTheLastLine() {
        var view = self.view(rows: 50)
        view.progress.isEnding = true
        #expect(self.lines(view, 80, 10).last?.hasPrefix("waiting for 87 users") == true)
    }

    @Test func valuesOfOtherLengthsMoveNothing() {
        var view = self.view()
        let before = self.lines(view, 80, 24)
        view.figures.sent = 5
        view.figures.times[1] = view.figures.times[0]
        view.names.rows[0] = LiveName(key: view.names.rows[0].key, rate: 123_456, p95: nil)
        view.errors.rows[0] = LiveError(count: 123_456, place: "time join", text: "no reply 0 after 5 seconds")
        let after = self.lines(view, 80, 24)
        #expect(before.count == after.count)
        for (word, line) in [("received", 3), ("p95", 4), ("p99", 4), ("join", 19), ("time", 15)] {
            let places = [before[line], after[line]].map { $0.ranges(of: word)[0].lowerBound.utf16Offset(in: $0) }
            #expect(places[0] == places[1])
        }
    }

    @Test(arguments: ["\u{1B}[2Jx", "a\rb", "a\nb", "\u{9B}2J", "\u{202E}abc", "日本語の名前です", "👋🏽👋🏽", "e\u{301}e\u{301}"])
    func foreignTextsStayInTheirCells(text: String) {
        var view = self.view()
        view.progress.scenarios[0].name = text
        view.thresholds.rows[0] = LiveThreshold(selector: text, expression: "p(95)<1", value: "1 ms", state: .failing)
        view.checks.rows[0] = CheckResult(group: text, name: text, passes: 1, total: 2)
        view.errors.rows[0] = LiveError(count: 1, place: text, text: String(repeating: text, count: 50))
        view.names.rows[0] = LiveName(key: .init(kind: .time, name: ExactText(text)), rate: 1, p95: 1)
        for (width, height) in [(80, 24), (40, 24), (200, 60)] {
            let lines = LiveLayout(view, width: width, height: height, hasColor: false).lines
            let hidden: [Unicode.Scalar] = ["\u{1B}", "\r", "\n", "\u{9B}", "\u{202E}"]
            #expect(!lines.contains { $0.text.unicodeScalars.contains(where: hidden.contains) })
            #expect(lines.allSatisfy { TerminalLine.columns(of: $0.text) < width })
        }
    }

    /// Lists side by side: the right one begins in one column, whatever stands to its left.
    @Test func wideTextDoesNotMoveTheOtherSide() {
        var view = self.view()
        view.thresholds.rows[1] = LiveThreshold(selector: "日本語", expression: "p(95)<1", value: "1", state: .waiting)
        let lines = self.lines(view, 200, 60).filter { $0.contains("time join: ") }
        #expect(lines.count == 3)
        let columns = lines.map {
            TerminalLine.columns(of: String($0.prefix(upTo: $0.ranges(of: "time join")[0].lowerBound)))
        }
        #expect(Set(columns).count == 1)
    }

    @Test func coloursAreAsked() {
        let plain = LiveLayout(self.view(), width: 80, height: 24, hasColor: false).lines
        let coloured = LiveLayout(self.view(), width: 80, height: 24, hasColor: true).lines
        #expect(!plain.contains { $0.text.contains("\u{1B}") })
        #expect(coloured.contains { $0.text.contains("\u{1B}[31m✗ fails\u{1B}[0m") })
        #expect(coloured.map(\.columns) == plain.map(\.columns))
    }
}
