import LoadPlan
import Metrics

/// How far a run has come, as k6 shows it: a line for the whole, and a bar for each scenario.
package struct RunProgress: Equatable, Sendable {
    /// Since the start.
    package var seconds: Double
    package var users: Int
    package var maxUsers: Int
    package var complete: Int
    package var interrupted: Int
    package var scenarios: [ScenarioProgress] = []
    /// Whether no new iterations are started any more.
    package var isEnding = false

    package init(seconds: Double, users: Int, maxUsers: Int, complete: Int, interrupted: Int) {
        (self.seconds, self.users, self.maxUsers) = (seconds, users, maxUsers)
        (self.complete, self.interrupted) = (complete, interrupted)
    }

    /// - Parameter seconds: since the start.
    package init(_ metrics: MetricSet, plan: LoadPlan, seconds: Double) {
        func number(_ metric: BuiltInMetric, _ aggregation: Aggregation, _ tags: TagSet = TagSet()) -> Int {
            let selector = MetricSelector(metric: metric.definition.name, tags: tags)
            return Int(metrics.value(selector, aggregation, seconds: max(seconds, 1)) ?? 0)
        }
        self.init(
            seconds: seconds, users: number(.vus, .value), maxUsers: plan.maxUsers,
            complete: number(.iterations, .count) + number(.iterationsFailed, .count),
            interrupted: number(.interruptedIterations, .count))
        let share = plan.share
        self.scenarios = plan.scenarios.map { scenario in
            ScenarioProgress(
                name: scenario.name, users: number(.vus, .value, ["scenario": scenario.name]),
                maxUsers: scenario.users(of: share), start: Self.seconds(scenario.startTime),
                length: Self.seconds(scenario.executor.duration))
        }
        self.isEnding = self.scenarios.allSatisfy { seconds >= $0.start + $0.length }
    }

    /// The reason for waiting for users at the end; nil during the run, or when they are gone.
    package var waiting: String? {
        guard self.isEnding, self.users > 0 else { return nil }
        return "waiting for \(self.users) \(self.users == 1 ? "user" : "users") to end what they do (gracefulStop) "
            + "and disconnect (5 s at most)"
    }

    /// `running (0m13.0s), 087/100 VUs, 349 complete and 0 interrupted iterations`
    package var line: String {
        "running (\(Self.clock(self.seconds, hasTenths: true))), "
            + "\(ScenarioProgress.count(self.users, of: self.maxUsers)), "
            + "\(self.complete) complete and \(self.interrupted) interrupted iterations"
    }

    /// `0m13.0s`, `1h0m05s`: of one width as long as it can be, so that nothing jumps.
    static func clock(_ seconds: Double, hasTenths: Bool) -> String {
        let all = Int(max(seconds, 0) * 10)
        let (minutes, rest) = (all / 600, all % 600)
        let second = (rest < 100 ? "0" : "") + "\(rest / 10)" + (hasTenths ? ".\(rest % 10)" : "")
        return (minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h\(minutes % 60)m") + second + "s"
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
