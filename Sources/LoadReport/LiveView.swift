import JSONText
import LoadPlan
import Metrics

/// A run while it goes on, as k6 shows it: a line for the whole, a bar for each scenario, and what was measured last.
package struct LiveView: Equatable, Sendable {
    package struct Scenario: Equatable, Sendable {
        package var name: String
        package var users: Int
        package var maxUsers: Int
        /// Seconds from the run's start, without `gracefulStop`.
        package var start: Double
        package var length: Double

        package init(name: String, users: Int, maxUsers: Int, start: Double, length: Double) {
            (self.name, self.users, self.maxUsers) = (name, users, maxUsers)
            (self.start, self.length) = (start, length)
        }
    }

    /// Since the start.
    package var seconds: Double
    package var users: Int
    package var maxUsers: Int
    package var complete: Int
    package var interrupted: Int
    package var scenarios: [Scenario] = []
    /// Rates and percentiles of the last second, the most important first.
    package var figures: [String] = []
    /// Whether no new iterations are started any more.
    package var isEnding = false

    package init(seconds: Double, users: Int, maxUsers: Int, complete: Int, interrupted: Int) {
        (self.seconds, self.users, self.maxUsers) = (seconds, users, maxUsers)
        (self.complete, self.interrupted) = (complete, interrupted)
    }

    /// The reason for waiting for users at the end; nil during the run, or when they are gone.
    package var waiting: String? {
        guard self.isEnding, self.users > 0 else { return nil }
        return "waiting for \(self.users) \(self.users == 1 ? "user" : "users") to end what they do (gracefulStop) "
            + "and disconnect (5 s at most)"
    }

    /// `running (0m13.0s), 087/100 VUs, 349 complete and 0 interrupted iterations`
    package var progressLine: String {
        let text = "running (\(Self.time(self.seconds, tenths: true))), \(Self.count(self.users, of: self.maxUsers)), "
        return text + "\(self.complete) complete and \(self.interrupted) interrupted iterations"
    }

    /// All lines, none wider than the terminal.
    ///
    /// - Parameters:
    ///   - width: the terminal's columns.
    ///   - height: its rows; scenarios that have no room are left out with a word.
    package func lines(width: Int, height: Int, hasColor: Bool) -> [String] {
        let width = max(width - 1, 1)
        let style = TerminalStyle(hasColor: hasColor)
        var plain: [(text: String, role: TerminalStyle.Role?)] = [(self.progressLine, nil)]
        let room = max(height - 4, 1)
        let names = min(self.scenarios.map(\.name.count).max() ?? 0, max(width / 3, 8))
        for scenario in self.scenarios.prefix(room) {
            plain.append((self.bar(scenario, names: names, width: width), .value))
        }
        if self.scenarios.count > room { plain.append(("… and \(self.scenarios.count - room) scenarios", .faint)) }
        if !self.figures.isEmpty { plain.append((self.figureLine(width: width), nil)) }
        if let waiting = self.waiting { plain.append((waiting, .heading)) }
        return plain.map { line in
            let text = String(line.text.printable.prefix(width))
            return line.role.map { style(text, $0) } ?? text
        }
    }

    /// Whole figures as many as fit.
    private func figureLine(width: Int) -> String {
        var line = self.figures[0]
        for figure in self.figures.dropFirst() where line.count + 2 + figure.count <= width { line += "  " + figure }
        return line
    }

    private func bar(_ scenario: Scenario, names: Int, width: Int) -> String {
        let elapsed = min(max(self.seconds - scenario.start, 0), scenario.length)
        let isOver = elapsed >= scenario.length || (self.isEnding && scenario.users == 0)
        let mark = isOver ? "✓" : " "
        let name = String(scenario.name.prefix(names)).padded(to: names)
        let tail =
            "\(Self.count(scenario.users, of: scenario.maxUsers))  "
            + "\(Self.time(elapsed, tenths: true))/\(Self.time(scenario.length, tenths: false))"
        let cells = min(width - names - tail.count - 8, 40)
        guard cells >= 4 else { return "\(name) \(mark) \(tail)" }
        let share = scenario.length > 0 ? elapsed / scenario.length : 1
        let full = Int(share * Double(cells))
        let head = full > 0 && full < cells ? String(repeating: "=", count: full - 1) + ">" : ""
        let done = head.isEmpty ? String(repeating: "=", count: full) : head
        return "\(name) \(mark) [\(done)\(String(repeating: "-", count: cells - full))] \(tail)"
    }

    private static func count(_ users: Int, of maxUsers: Int) -> String {
        let most = "\(maxUsers)"
        let text = "\(max(users, 0))"
        return String(repeating: "0", count: max(most.count - text.count, 0)) + text + "/\(most) VUs"
    }

    /// `0m13.0s`, `1h0m05s`: of one width as long as it can be, so that nothing jumps.
    private static func time(_ seconds: Double, tenths: Bool) -> String {
        let all = Int(max(seconds, 0) * 10)
        let (minutes, rest) = (all / 600, all % 600)
        let second = (rest < 100 ? "0" : "") + "\(rest / 10)" + (tenths ? ".\(rest % 10)" : "")
        return (minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h\(minutes % 60)m") + second + "s"
    }
}

extension LiveView {
    /// The state of a run.
    ///
    /// - Parameter seconds: since the start.
    package init(_ collector: Collector, plan: LoadPlan, seconds: Double) {
        func number(_ metric: BuiltInMetric, _ aggregation: Aggregation, _ tags: TagSet = TagSet()) -> Int {
            let selector = MetricSelector(metric: metric.definition.name, tags: tags)
            return Int(collector.value(selector, aggregation, seconds: max(seconds, 1)) ?? 0)
        }
        self.init(
            seconds: seconds, users: number(.vus, .value), maxUsers: plan.maxUsers,
            complete: number(.iterations, .count) + number(.iterationsFailed, .count),
            interrupted: number(.interruptedIterations, .count))
        let share = plan.share
        self.scenarios = plan.scenarios.map { scenario in
            Scenario(
                name: scenario.name, users: number(.vus, .value, ["scenario": scenario.name]),
                maxUsers: scenario.users(of: share), start: Self.seconds(scenario.startTime),
                length: Self.seconds(scenario.executor.duration))
        }
        self.isEnding = self.scenarios.allSatisfy { seconds >= $0.start + $0.length }
        self.figures = Self.figures(collector.timeline, errors: number(.errors, .count))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    private static func figures(_ timeline: Timeline, errors: Int) -> [String] {
        guard let point = timeline.points.last else { return [] }
        func rate(_ metric: BuiltInMetric) -> String {
            let name = metric.definition.name
            guard let column = timeline.columns.counters.firstIndex(where: { $0.metric == name && $0.tags.isEmpty }),
                column < point.counters.count, point.seconds > 0
            else { return "0/s" }
            return (point.counters[column] / point.seconds).fixed(0) + "/s"
        }
        var figures = ["sent \(rate(.messagesSent))", "received \(rate(.messagesReceived))", "errors \(errors)"]
        let trends: [(BuiltInMetric, String)] = [
            (.time, "time"), (.sioAck, "ack"), (.connect, "connect"), (.iterationDuration, "iteration"),
        ]
        for (metric, name) in trends {
            guard
                let column = timeline.columns.trends.firstIndex(where: { $0.metric == metric.definition.name }),
                column < point.trends.count, let statistics = point.trends[column]
            else { continue }
            figures.append(
                "\(name) p50=\(NumberText.duration(statistics.p50)) p95=\(NumberText.duration(statistics.p95)) "
                    + "p99=\(NumberText.duration(statistics.p99))")
        }
        return figures
    }
}
