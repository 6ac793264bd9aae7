import Metrics

/// The plan of a run: scenarios, thresholds and the rest of the options, checked and complete.
package struct LoadPlan: Equatable, Sendable, CustomStringConvertible {
    /// Users that a constant executor starts in a second by default.
    package static let defaultSpawnRate = 1_000

    /// In the order of their names.
    package let scenarios: [Scenario]
    package let thresholds: [Threshold]
    package let tags: [String: String]
    /// k6's default is a minute for both.
    package let setupTimeout: Duration
    package let teardownTimeout: Duration
    package let summaryTrendStats: [Aggregation]
    package let summaryTimeUnit: SummaryTimeUnit?
    package let noSetup: Bool
    package let noTeardown: Bool
    package let noThresholds: Bool
    /// Users a second, over all segments; 0: all at once.
    package let spawnRate: Int
    package let segment: ExecutionSegment
    /// Notes for the user before the start, a sentence each.
    package let notes: [String]
    /// Probable mistakes, a sentence each.
    package private(set) var warnings: [String] = []
    /// Whether an iteration is the whole script, or a function of it.
    package let shape: ScriptShape
    /// Whether an option other than the number of users was set; otherwise each user runs one iteration, as in k6.
    package let saysIterations: Bool
    /// Whether the only scenario is the one that the shortcuts stand for, so that it has no name from the script.
    package let isShortcut: Bool
    /// The direction from outside that sets the number of users in place of the plan's executors, or nil.
    package private(set) var direction: Direction?

    /// The plan of a script whose shape is to be found out.
    ///
    /// - Throws: `OptionErrors` with everything that contradicts, and for functions that are not there.
    package init(
        options: LoadOptions, commandLine: CommandLineOptions = CommandLineOptions(), script: ScriptFacts,
        segment: ExecutionSegment = .whole
    ) throws(OptionErrors) {
        let problems = ProblemList()
        let replacing = commandLine.replacement(of: options)
        let choice = ShapeChoice(
            script, script: options, merged: commandLine.applied(to: options), replacing: replacing, problems)
        do throws(OptionErrors) {
            try self.init(options: options, commandLine: commandLine, shape: choice.shape, segment: segment)
        } catch {
            throw OptionErrors(problems.problems + error.problems)
        }
        try problems.throwIfAny()
        self.warnings = choice.warnings + (self.noThresholds ? [] : self.thresholdTagProblems().warnings)
        if let replacing {
            let names = (options.scenarios ?? []).map(\.name).joined(separator: ", ")
            self.warnings.append("\(replacing) replaces options.scenarios: \(names) are not run, but 'default' is")
        }
    }

    /// - Throws: `OptionErrors` with everything that contradicts.
    package init(
        options: LoadOptions = LoadOptions(), commandLine: CommandLineOptions = CommandLineOptions(),
        shape: ScriptShape, segment: ExecutionSegment = .whole
    ) throws(OptionErrors) {
        let problems = ProblemList()
        commandLine.check(problems)
        try problems.throwIfAny()
        let merged = commandLine.applied(to: options)
        for (key, message) in merged.conflicts() { problems.add("options.\(key)", nil, message) }
        try problems.throwIfAny()
        let vusPath = commandLine.vus == nil ? "options.vus" : "--vus"
        var notes = merged.emptyListNotes()
        if let vus = commandLine.vus, merged.scenarios?.isEmpty == false {
            notes.append(
                "--vus \(vus) has no effect on options.scenarios; with --duration, --iterations or --stage it "
                    + "replaces them"
            )
        }
        let drafts = merged.scenarioDrafts(vusPath: vusPath, problems)
        var firstUserID = 1
        self.scenarios = drafts.map { draft in
            defer { firstUserID += draft.executor.maxUsers }
            return Scenario(draft, inheriting: merged, shape: shape, firstUserID: firstUserID)
        }
        try problems.throwIfAny()
        self.thresholds = merged.thresholds
        self.tags = merged.tags
        self.setupTimeout = merged.setupTimeout ?? .seconds(60)
        self.teardownTimeout = merged.teardownTimeout ?? .seconds(60)
        self.summaryTrendStats = merged.summaryTrendStats ?? TrendStatistics.defaults
        self.summaryTimeUnit = merged.summaryTimeUnit
        self.noSetup = merged.noSetup ?? false
        self.noTeardown = merged.noTeardown ?? false
        self.noThresholds = merged.noThresholds ?? false
        self.spawnRate = commandLine.spawnRate
        self.segment = segment
        self.notes = notes
        self.shape = shape
        self.saysIterations = merged.saysIterations
        self.isShortcut = merged.scenarios?.isEmpty ?? true
    }

    /// The same plan, with numbers of users that are set from outside and may change at any time.
    package func directed(_ direction: Direction) -> LoadPlan {
        var plan = self
        plan.direction = direction
        return plan
    }

    /// How long any user may go on when the run is stopped.
    package var longestGracefulStop: Duration {
        self.direction?.graceful ?? self.scenarios.map(\.gracefulStop).max() ?? .zero
    }

    /// This process's part of the run.
    package var share: Share { Share(of: self.segment) }

    /// The machine that runs a scenario on one event loop.
    ///
    /// - Parameter share: the loop's part, as `share.split(into:)` gives it.
    package func machine(for scenario: Scenario, share: Share) -> ScenarioMachine {
        if let direction { return self.directedMachine(for: scenario, share: share, direction) }
        return ScenarioMachine(scenario, share: share, spawnRate: self.spawnRate)
    }
}
