/// k6's shortcuts: `vus`, `duration`, `iterations` and `stages` stand for one scenario named "default"
/// (k6 documentation, "Options").
extension LoadOptions {
    static let shortcutName = "default"

    var saysIterations: Bool {
        self.iterations != nil || self.duration != nil || self.stages?.isEmpty == false
            || self.scenarios?.isEmpty == false
    }

    func emptyListNotes() -> [String] {
        var notes: [String] = []
        if self.stages?.isEmpty == true { notes.append("options.stages is empty, and so without effect") }
        if self.scenarios?.isEmpty == true { notes.append("options.scenarios is empty, and so without effect") }
        return notes
    }

    /// The script's scenarios, or the one that the shortcuts stand for.
    func scenarioDrafts(vusPath: String, _ problems: ProblemList) -> [ScenarioOptions] {
        if let scenarios = self.scenarios, !scenarios.isEmpty { return scenarios }
        let executor: Executor
        if let stages = self.stages, !stages.isEmpty {
            executor = .rampingVUs(startUsers: self.vus ?? 1, stages: stages)
            if executor.maxUsers == 0 { problems.add(vusPath, "0", "it or the target of a stage must be more than 0") }
            if stages.totalDuration == .zero { problems.add("options.stages", nil, "last 0s altogether") }
        } else {
            let users = self.vus ?? 1
            if users == 0 { problems.add(vusPath, "0", "must be 1 or more") }
            if let iterations = self.iterations {
                if iterations < users {
                    problems.add(
                        vusPath, "\(users)", "must not be more than the iterations that they share, \(iterations)")
                }
                let maxDuration = self.duration ?? Executor.Kind.defaultMaxDuration
                executor = .sharedIterations(users: users, iterations: iterations, maxDuration: maxDuration)
            } else if let duration = self.duration {
                executor = .constantVUs(users: users, duration: duration)
            } else if self.vus != nil {
                executor = .sharedIterations(
                    users: users, iterations: users, maxDuration: Executor.Kind.defaultMaxDuration)
            } else {
                executor = .perVUIterations(users: 1, iterations: 1, maxDuration: Executor.Kind.defaultMaxDuration)
            }
        }
        return [ScenarioOptions(name: Self.shortcutName, executor: executor)]
    }
}
