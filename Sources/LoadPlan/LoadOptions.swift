import JSONText
import Metrics

/// A script's global `options`: those of k6's keys (k6 documentation, "Options") that the script has set.
///
/// They are read from JSON, into which Lua converts the table. `weight` and `fixedCount` of a scenario are not keys of
/// k6: they are for a master that directs the users.
package struct LoadOptions: Equatable, Sendable {
    package var vus: Int?
    package var duration: Duration?
    package var iterations: Int?
    /// An empty list differs from nil: it is a mistake that deserves a note.
    package var stages: [Stage]?
    /// In the order of their names.
    package var scenarios: [ScenarioOptions]?
    package var thresholds: [Threshold] = []
    /// The default for scenarios that do not set it.
    package var gracefulStop: Duration?
    package var gracefulRampDown: Duration?
    package var failurePause: Duration?
    package var tags: [String: String] = [:]
    package var setupTimeout: Duration?
    package var teardownTimeout: Duration?
    package var summaryTrendStats: [Aggregation]?
    package var summaryTimeUnit: SummaryTimeUnit?
    package var noSetup: Bool?
    package var noTeardown: Bool?
    package var noThresholds: Bool?

    package init() {}

    static let keys = [
        "vus", "duration", "iterations", "stages", "scenarios", "thresholds", "gracefulStop", "gracefulRampDown",
        "failurePause", "tags",
        "setupTimeout", "teardownTimeout", "summaryTrendStats", "summaryTimeUnit", "noSetup", "noTeardown",
        "noThresholds",
    ]

    /// Reads the JSON text of `options`; `null` and an empty table mean that no option is set.
    package init(json: String) throws(OptionErrors) {
        guard let value = JSON(parsing: json.utf8) else {
            throw OptionErrors([OptionProblem(path: "options", message: "is not valid JSON")])
        }
        self.init()
        if value == .null || value.isEmptyTable { return }
        let problems = ProblemList()
        if let reader = OptionReader(value, path: "options", problems: problems) { self.read(reader) }
        try problems.throwIfAny()
    }

    private mutating func read(_ reader: OptionReader) {
        reader.checkKeys(Self.keys, remarks: Self.remarks)
        self.vus = reader.integer("vus", atLeast: 0)
        self.duration = reader.duration("duration", positive: true)
        self.iterations = reader.integer("iterations", atLeast: 1, atMost: 10_000_000_000)
        self.stages = reader.stageList(most: 100_000_000)
        self.scenarios = Self.readScenarios(reader)
        self.thresholds = Threshold.read(reader)
        self.gracefulStop = reader.duration("gracefulStop")
        self.gracefulRampDown = reader.duration("gracefulRampDown")
        self.failurePause = reader.duration("failurePause")
        self.tags = reader.strings("tags")
        self.setupTimeout = reader.duration("setupTimeout", positive: true)
        self.teardownTimeout = reader.duration("teardownTimeout", positive: true)
        self.summaryTrendStats = TrendStatistics.read(reader)
        self.summaryTimeUnit = SummaryTimeUnit.read(reader)
        self.noSetup = reader.bool("noSetup")
        self.noTeardown = reader.bool("noTeardown")
        self.noThresholds = reader.bool("noThresholds")
        for (path, message) in self.conflicts() { reader.problems.add(reader.path(of: path), nil, message) }
    }

    /// These options, overridden by those of the command line by k6's rule: any of duration, iterations and stages
    /// there replaces everything that the script has about the number of iterations; `vus` alone replaces only `vus`.
    func overridden(by line: LoadOptions) -> LoadOptions {
        var result = self
        result.vus = line.vus ?? self.vus
        if line.duration != nil || line.iterations != nil || line.stages != nil {
            (result.duration, result.iterations, result.stages) = (line.duration, line.iterations, line.stages)
            result.scenarios = nil
        }
        result.tags.merge(line.tags) { _, own in own }
        result.summaryTrendStats = line.summaryTrendStats ?? self.summaryTrendStats
        result.summaryTimeUnit = line.summaryTimeUnit ?? self.summaryTimeUnit
        result.noSetup = line.noSetup ?? self.noSetup
        result.noTeardown = line.noTeardown ?? self.noTeardown
        result.noThresholds = line.noThresholds ?? self.noThresholds
        return result
    }

    private static func readScenarios(_ reader: OptionReader) -> [ScenarioOptions]? {
        guard let value = reader.value("scenarios"),
            let scenarios = OptionReader(value, path: reader.path(of: "scenarios"), problems: reader.problems)
        else { return nil }
        return scenarios.keys.compactMap { name in
            guard let value = scenarios.value(name),
                let reader = OptionReader(value, path: scenarios.path(of: name), problems: reader.problems)
            else { return nil }
            return ScenarioOptions(name: name, reading: reader)
        }
    }

    /// Which of the ways to say how many iterations there are exclude each other (k6, "shortcut options").
    func conflicts() -> [(key: String, message: String)] {
        var given: [String] = []
        if self.iterations != nil { given.append("iterations") }
        if self.duration != nil { given.append("duration") }
        if self.stages?.isEmpty == false { given.append("stages") }
        if self.scenarios != nil { given.append("scenarios") }
        // `iterations` with `duration` is fine: the duration is the longest that the iterations may take.
        if given.starts(with: ["iterations", "duration"]) { given.removeFirst() }
        return given.dropFirst().map { ($0, "excludes \"\(given[0])\": give one of the two") }
    }
}
