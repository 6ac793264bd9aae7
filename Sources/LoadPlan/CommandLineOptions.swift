import Metrics

/// What the command line says about a plan; every member wins over the script's `options`.
public struct CommandLineOptions: Equatable, Sendable {
    /// `-u`, `--vus`.
    public var vus: Int?
    /// `-d`, `--duration`.
    public var duration: Duration?
    /// `-i`, `--iterations`.
    public var iterations: Int?
    /// `-s`, `--stage`, all of them; nil where there is none.
    public var stages: [Stage]?
    /// `--tag`, added to the script's.
    public var tags: [String: String] = [:]
    public var summaryTrendStats: [Aggregation]?
    public var summaryTimeUnit: SummaryTimeUnit?
    public var noSetup = false
    public var noTeardown = false
    public var noThresholds = false
    /// `--spawn-rate`: users that a constant executor starts in a second, over all segments; 0: all at once.
    public var spawnRate = LoadPlan.defaultSpawnRate

    public init() {}

    /// Reads the duration that follows `option`. A number without a unit is in milliseconds, as k6 has it.
    ///
    /// - Parameter positive: refuse 0, and numbers without a unit that mean less than a second.
    public static func duration(_ text: String, option: String, positive: Bool = true) throws(OptionErrors) -> Duration
    {
        guard let duration = DurationText.parse(text) else {
            throw OptionErrors([
                OptionProblem(
                    path: option, value: "\"\(text)\"",
                    message: "must be a duration of at most a year, such as \"1m30s\" or \"500ms\"")
            ])
        }
        let isPlain = DurationText.isPlainNumber(text)
        if let complaint = OptionReader.complaint(duration, positive: positive, isPlain: isPlain) {
            throw OptionErrors([OptionProblem(path: option, value: "\"\(text)\"", message: complaint)])
        }
        return duration
    }

    /// Reads one `--stage`: `30s:100`, or several, `30s:100,1m:0`.
    public static func stages(_ text: String) throws(OptionErrors) -> [Stage] {
        let problems = ProblemList()
        let stages = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { part -> Stage? in
            let sides = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, let target = Int(sides[1]), (0...100_000_000).contains(target) else {
                problems.add("--stage", "\"\(part)\"", "must be a duration, \":\" and a number of users, as 30s:100")
                return nil
            }
            guard let duration = try? Self.duration(sides[0], option: "--stage", positive: false) else {
                problems.add("--stage", "\"\(part)\"", "\"\(sides[0])\" is no duration such as 30s or 1m30s")
                return nil
            }
            return Stage(duration: duration, target: target)
        }
        try problems.throwIfAny()
        return stages
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
