/// The options of a plan on the command line. Each takes precedence over the script's `options`.
@dynamicMemberLookup
package struct CommandLineOptions: Equatable, Sendable {
    /// Those that a script can have too; nil if the command line does not have them.
    package var options = LoadOptions()
    /// `--spawn-rate`: users that a constant executor starts in a second, over all segments; 0: all at once.
    package var spawnRate = LoadPlan.defaultSpawnRate

    package init() {}

    package subscript<Value>(dynamicMember member: WritableKeyPath<LoadOptions, Value>) -> Value {
        get { self.options[keyPath: member] }
        set { self.options[keyPath: member] = newValue }
    }

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

    /// The script's options, overridden by these.
    func applied(to options: LoadOptions) -> LoadOptions { options.overridden(by: self.options) }

    /// Checks the options themselves.
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
