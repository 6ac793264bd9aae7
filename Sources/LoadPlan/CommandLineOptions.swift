import Metrics

/// What the command line says about a plan; every member wins over the script's `options`.
package struct CommandLineOptions: Equatable, Sendable {
    /// `-u`, `--vus`.
    package var vus: Int?
    /// `-d`, `--duration`.
    package var duration: Duration?
    /// `-i`, `--iterations`.
    package var iterations: Int?
    /// `-s`, `--stage`, all of them; nil where there is none.
    package var stages: [Stage]?
    /// `--tag`, added to the script's.
    package var tags: [String: String] = [:]
    package var summaryTrendStats: [Aggregation]?
    package var summaryTimeUnit: SummaryTimeUnit?
    package var noSetup = false
    package var noTeardown = false
    package var noThresholds = false
    /// `--spawn-rate`: users that a constant executor starts in a second, over all segments; 0: all at once.
    package var spawnRate = LoadPlan.defaultSpawnRate

    package init() {}

    /// Reads the duration that follows `option`.
    ///
    /// - Parameter positive: refuse 0.
    package static func duration(_ text: String, option: String, positive: Bool = true) throws(OptionErrors) -> Duration
    {
        let duration = DurationText.parse(text)
        let complaint = duration.map { OptionReader.complaint($0, positive: positive) } ?? DurationText.complaint(text)
        guard let duration, complaint == nil else {
            throw OptionErrors([OptionProblem(path: option, value: "\"\(text)\"", message: complaint ?? "")])
        }
        return duration
    }

    /// Reads one `--stage`: `30s:100`, or several, `30s:100,1m:0`.
    package static func stages(_ text: String) throws(OptionErrors) -> [Stage] {
        let problems = ProblemList()
        let stages = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { part -> Stage? in
            let sides = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, let target = Int(sides[1]), (0...100_000_000).contains(target) else {
                problems.add("--stage", "\"\(part)\"", "must be a duration, \":\" and a number of users, as 30s:100")
                return nil
            }
            do throws(OptionErrors) {
                let duration = try Self.duration(sides[0], option: "--stage", positive: false)
                return Stage(duration: duration, target: target)
            } catch {
                for problem in error.problems { problems.add("--stage", "\"\(part)\"", problem.message) }
                return nil
            }
        }
        try problems.throwIfAny()
        return stages
    }

    /// The option that replaces the script's scenarios, where it has some.
    func replacement(of options: LoadOptions) -> String? {
        guard options.scenarios?.isEmpty == false else { return nil }
        if self.iterations != nil { return "--iterations" }
        if self.duration != nil { return "--duration" }
        return self.stages != nil ? "--stage" : nil
    }

    /// The script's options with these in front, by k6's rule: any of duration, iterations and stages on the command
    /// line replaces all that the script says about how many iterations there are; `vus` alone replaces only `vus`.
    func applied(to options: LoadOptions) -> LoadOptions {
        var result = options
        if let vus = self.vus { result.vus = vus }
        if self.duration != nil || self.iterations != nil || self.stages != nil {
            result.duration = self.duration
            result.iterations = self.iterations
            result.stages = self.stages
            result.scenarios = nil
        }
        result.tags.merge(self.tags) { _, own in own }
        result.summaryTrendStats = self.summaryTrendStats ?? options.summaryTrendStats
        result.summaryTimeUnit = self.summaryTimeUnit ?? options.summaryTimeUnit
        if self.noSetup { result.noSetup = true }
        if self.noTeardown { result.noTeardown = true }
        if self.noThresholds { result.noThresholds = true }
        return result
    }

    /// What is wrong with the options themselves.
    func check(_ problems: ProblemList) {
        if let vus = self.vus, vus < 0 || vus > 100_000_000 {
            problems.add("--vus", "\(vus)", "must be a whole number from 0 to 100000000")
        }
        if let iterations = self.iterations, iterations < 1 {
            problems.add("--iterations", "\(iterations)", "must be 1 or more")
        }
        if self.spawnRate < 0 || self.spawnRate > 1_000_000_000 {
            problems.add("--spawn-rate", "\(self.spawnRate)", "must be 0 (all at once) or users per second")
        }
        if self.stages != nil, self.duration != nil || self.iterations != nil {
            let other = self.iterations != nil ? "--iterations" : "--duration"
            problems.add("--stage", nil, "excludes \(other): give one of the two")
        }
    }
}
