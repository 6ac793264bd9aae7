import JSONText

/// Decides whether a script's chunk is the iteration or functions of it are, and finds what looks like a mistake: a
/// name with a slip in it must not silently turn one into the other.
struct ShapeChoice {
    private(set) var shape = ScriptShape.bot
    private(set) var warnings: [String] = []
    private let facts: ScriptFacts

    /// - Parameters:
    ///   - script: what the script says.
    ///   - merged: the same with the command line in front.
    ///   - replacing: the option of the command line that replaces the script's scenarios.
    init(
        _ facts: ScriptFacts, script: LoadOptions, merged: LoadOptions, replacing: String?, _ problems: ProblemList
    ) {
        self.facts = facts
        self.checkOptions(problems)
        let scenarios = merged.scenarios ?? []
        let functions = scenarios.isEmpty ? ["default"] : scenarios.map { $0.exec ?? "default" }
        if functions.contains(where: facts.functions.contains) || scenarios.contains(where: { $0.exec != nil }) {
            self.shape = .scenario
            self.checkFunctions(scenarios, problems)
            self.checkHooks()
            if let place = facts.waitsAt, problems.problems.isEmpty {
                problems.add(
                    "", nil,
                    "the script waits at \(place) before it is prepared: a script with a function "
                        + "'\(functions[0])' connects and waits in 'setup' or '\(functions[0])'")
            }
        } else if let replacing, let exec = script.scenarios?.compactMap(\.exec).first {
            problems.add(
                replacing, nil,
                "replaces options.scenarios, so that 'default' is run, which the script does not have; "
                    + "its scenarios run '\(exec)'")
        } else {
            self.checkBot(problems)
        }
    }

    /// Every scenario's function must be there.
    private func checkFunctions(_ scenarios: [ScenarioOptions], _ problems: ProblemList) {
        for scenario in scenarios where !self.facts.functions.contains(scenario.exec ?? "default") {
            let path = OptionReader.path("options.scenarios", scenario.name)
            if let exec = scenario.exec {
                problems.add(path + ".exec", "\"\(exec)\"", self.facts.absence(of: exec))
            } else {
                problems.add(path, nil, "has no \"exec\", and " + self.facts.absence(of: "default"))
            }
        }
    }

    /// A bot is run as a whole, again and again: what looks like a scenario is one with a mistake in it.
    private mutating func checkBot(_ problems: ProblemList) {
        let facts = self.facts
        if facts.waitsAt != nil, facts.outline.globalFunction("default") != nil {
            problems.add("", nil, facts.absence(of: "default"))
            return
        }
        var signs: [String] = []
        if facts.outline.localFunction("default") != nil || facts.otherGlobals.contains("default") {
            signs.append(facts.absence(of: "default"))
        } else if let near = self.nearDefault {
            signs.append("'\(near.name)' (line \(near.line)) is not called; did you mean 'default'?")
        }
        for hook in ScriptFacts.hooks where facts.functions.contains(hook) {
            let line = facts.outline.globalFunction(hook).map { " (line \($0.line))" } ?? ""
            signs.append("'\(hook)'\(line) is called only beside a function 'default', which the script does not have")
            break
        }
        if signs.isEmpty, facts.isIdle, facts.hasOptions, let other = self.callable.first {
            self.warnings.append(
                "the script as a whole is the iteration, and ends at once: a load test calls 'default', but not "
                    + "'\(other.name)' (line \(other.line))")
        }
        guard !signs.isEmpty else { return }
        let text = signs.joined(separator: "; ")
        if facts.isIdle {
            problems.add("", nil, text)
        } else {
            self.warnings.append("the script as a whole is the iteration: \(text)")
        }
    }

    /// A global function that is called nearly as `default` is; of a script that does something, only with other
    /// letters' case: it may well have a function `defaults`.
    private var nearDefault: ScriptOutline.Function? {
        let known = self.callable
        if let same = known.first(where: { $0.name.lowercased() == "default" }) { return same }
        guard self.facts.isIdle else { return nil }
        return nearestName(to: "default", among: known.map(\.name)).flatMap(self.facts.outline.globalFunction)
    }

    /// The text's global functions, as far as they were made.
    private var callable: [ScriptOutline.Function] {
        self.facts.outline.functions.filter { !$0.isLocal && self.facts.functions.contains($0.name) }
    }

    /// `setup` and its like are called if they are there; nothing else shows that one has another name.
    private mutating func checkHooks() {
        for hook in ScriptFacts.hooks where !self.facts.functions.contains(hook) {
            let other = self.facts.outline.functions.first {
                $0.name == hook ? $0.isLocal : !$0.isLocal && $0.name.isSlip(of: hook)
            }
            guard let other else { continue }
            self.warnings.append(
                other.isLocal
                    ? self.facts.absence(of: hook)
                    : "'\(other.name)' (line \(other.line)) is not called; did you mean '\(hook)'?")
        }
    }

    /// A table that is meant for `options` and does not become it.
    private mutating func checkOptions(_ problems: ProblemList) {
        guard !self.facts.hasOptions else { return }
        let candidates = self.facts.outline.tables.filter { table in
            let isMeant =
                table.name == "options"
                ? table.isLocal : !table.isLocal && nearestName(to: table.name, among: ["options"]) != nil
            return isMeant && !Self.optionKeys.isDisjoint(with: table.keys)
        }
        guard let table = candidates.first else { return }
        let text =
            table.isLocal
            ? "'options' in line \(table.line) is a local variable, which a load test does not see: "
                + "write \"options = \" without \"local\""
            : "'\(table.name)' in line \(table.line) is not read; did you mean 'options'?"
        if Self.tellingKeys.isDisjoint(with: table.keys) {
            self.warnings.append(text)
        } else {
            problems.add("", nil, text)
        }
    }

    /// Keys that a table for another purpose hardly has.
    private static let tellingKeys: Set<String> = ["scenarios", "stages", "thresholds", "vus"]
    private static let optionKeys = Self.tellingKeys.union(["iterations", "duration", "setupTimeout", "noSetup"])
}

extension String {
    /// Whether only the case or the order of letters makes the difference.
    fileprivate func isSlip(of name: String) -> Bool {
        self != name && self.lowercased().unicodeScalars.sorted() == name.lowercased().unicodeScalars.sorted()
    }
}
