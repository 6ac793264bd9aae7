import JSONText
import Metrics

extension LoadPlan {
    /// The most users that run at once in this process.
    package var maxUsers: Int { self.maxUsers(of: self.share) }

    /// When the last scenario is over at the latest, `gracefulStop` included, from the run's start.
    package var maxDuration: Duration { self.scenarios.map(\.latestEnd).max() ?? .zero }

    /// How long iterations are started, in seconds; nil if their number decides for a scenario.
    package var plannedSeconds: Double? {
        let ends = self.scenarios.map(\.plannedEnd)
        return ends.contains(nil) ? nil : ends.compactMap(\.self).max()
    }

    /// The most users of a share at once: scenarios that do not overlap in time do not add up.
    package func maxUsers(of share: Share) -> Int {
        // The most there can be at once are there when one of the scenarios begins.
        self.scenarios.map { later in
            self.scenarios.reduce(0) { sum, scenario in
                let overlaps = scenario.startTime <= later.startTime && later.startTime < scenario.latestEnd
                return sum + (overlaps || scenario == later ? scenario.users(of: share) : 0)
            }
        }.max() ?? 0
    }

    /// The plan as k6 prints it before a run, a line for each scenario.
    ///
    ///     scenarios: (100.00%) 1 scenario, 10 max VUs, 1m30s max duration (incl. graceful stop):
    ///              * default: 10 looping VUs for 1m0s (gracefulStop: 30s)
    package var description: String {
        let share = self.share
        let count = self.scenarios.count == 1 ? "1 scenario" : "\(self.scenarios.count) scenarios"
        let head =
            "scenarios: (\((self.segment.fraction * 100).fixed(2))%) \(count), "
            + "\(self.maxUsers(of: share)) max VUs, \(self.maxDuration.planText) max duration (incl. graceful stop):"
        let scenarios = self.scenarios.sorted { ($0.startTime, $0.name) < ($1.startTime, $1.name) }
        let fraction = self.segment.fraction
        let lines = scenarios.map { "         * \($0.name): \($0.description(share: share, fraction: fraction))" }
        return ([head] + lines).joined(separator: "\n")
    }
}

extension Scenario {
    /// The most users of a share at once.
    package func users(of share: Share) -> Int { share.count(below: self.executor.maxUsers) }

    /// The scenario's part in a share, in k6's words.
    package func description(share: Share, fraction: Double) -> String {
        func users(_ number: Int) -> Int { share.count(below: number) }
        func perSecond(_ rate: Int, _ timeUnit: Duration) -> String {
            (Double(rate) * 1e9 / Double(timeUnit.wholeNanoseconds) * fraction).fixed(2)
        }
        func pool(_ pool: Executor.ArrivalUsers) -> String {
            let (least, most) = (users(pool.preAllocated), users(pool.most))
            return "maxVUs: \(least)" + (most > least ? "-\(most)" : "")
        }
        switch self.executor {
        case .constantVUs(let count, let duration):
            return "\(users(count)) looping VUs for \(duration.planText)" + self.facts()
        case .rampingVUs(_, let stages):
            return "Up to \(users(self.executor.maxUsers)) looping VUs for \(stages.totalDuration.planText) "
                + "over \(stages.count) stages" + self.facts("gracefulRampDown: \(self.gracefulRampDown.planText)")
        case .perVUIterations(let count, let iterations, let maxDuration):
            return "\(iterations) iterations for each of \(users(count)) VUs"
                + self.facts("maxDuration: \(maxDuration.planText)")
        case .sharedIterations(let count, let iterations, let maxDuration):
            return "\(IterationShare(share, users: count).count(below: iterations)) iterations shared among "
                + "\(users(count)) VUs" + self.facts("maxDuration: \(maxDuration.planText)")
        case .constantArrivalRate(let arrivalUsers, let rate, let timeUnit, let duration):
            return "\(perSecond(rate, timeUnit)) iterations/s for \(duration.planText)"
                + self.facts(pool(arrivalUsers))
        case .rampingArrivalRate(let arrivalUsers, let startRate, let timeUnit, let stages):
            let highest = stages.reduce(startRate) { max($0, $1.target) }
            return "Up to \(perSecond(highest, timeUnit)) iterations/s for \(stages.totalDuration.planText) "
                + "over \(stages.count) stages" + self.facts(pool(arrivalUsers))
        }
    }

    private func facts(_ first: String...) -> String {
        var facts = first
        if self.namesExec { facts.append("exec: \(self.exec)") }
        if self.startTime > .zero { facts.append("startTime: \(self.startTime.planText)") }
        if self.gracefulStop > .zero { facts.append("gracefulStop: \(self.gracefulStop.planText)") }
        return facts.isEmpty ? "" : " (" + facts.joined(separator: ", ") + ")"
    }
}
