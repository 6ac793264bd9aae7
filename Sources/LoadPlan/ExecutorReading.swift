/// The keys of each executor, with k6's defaults and rules (k6 documentation, "Executors").
extension Executor.Kind {
    var keys: [String] {
        switch self {
        case .constantVUs: ["vus", "duration", "failurePause"]
        case .rampingVUs: ["startVUs", "stages", "gracefulRampDown", "failurePause"]
        case .perVUIterations, .sharedIterations: ["vus", "iterations", "maxDuration", "failurePause"]
        case .constantArrivalRate: ["rate", "timeUnit", "duration", "preAllocatedVUs", "maxVUs"]
        case .rampingArrivalRate: ["startRate", "timeUnit", "stages", "preAllocatedVUs", "maxVUs"]
        }
    }

    /// k6's default of `maxDuration`.
    static let defaultMaxDuration: Duration = .seconds(600)
    private static let mostPerTimeUnit = 1_000_000_000

    /// The executor, or nil with problems noted.
    func read(_ reader: OptionReader) -> Executor? {
        switch self {
        case .constantVUs:
            let users = reader.integer("vus", atLeast: 1) ?? 1
            reader.require("duration", "how long the users run")
            guard let duration = reader.duration("duration", positive: true) else { return nil }
            return .constantVUs(users: users, duration: duration)
        case .perVUIterations, .sharedIterations:
            return self.readIterations(reader)
        case .rampingVUs:
            let start = reader.integer("startVUs", atLeast: 0) ?? 1
            guard let stages = reader.stages(most: 100_000_000) else { return nil }
            if start == 0, stages.allSatisfy({ $0.target == 0 }) {
                reader.problems.add(reader.path, nil, "\"startVUs\" or the target of a stage must be more than 0")
                return nil
            }
            return .rampingVUs(startUsers: start, stages: stages)
        case .constantArrivalRate:
            reader.require("rate", "iterations to start in each \"timeUnit\"")
            let rate = reader.integer("rate", atLeast: 1, atMost: Self.mostPerTimeUnit)
            reader.require("duration", "how long iterations are started")
            let duration = reader.duration("duration", positive: true)
            guard let users = Self.readUsers(reader), let timeUnit = Self.readTimeUnit(reader), let rate, let duration
            else { return nil }
            return .constantArrivalRate(users, rate: rate, timeUnit: timeUnit, duration: duration)
        case .rampingArrivalRate:
            let startRate = reader.integer("startRate", atLeast: 0, atMost: Self.mostPerTimeUnit) ?? 0
            let stages = reader.stages(most: Self.mostPerTimeUnit)
            guard let users = Self.readUsers(reader), let timeUnit = Self.readTimeUnit(reader), let stages
            else { return nil }
            return .rampingArrivalRate(users, startRate: startRate, timeUnit: timeUnit, stages: stages)
        }
    }

    private func readIterations(_ reader: OptionReader) -> Executor? {
        let users = reader.integer("vus", atLeast: 1) ?? 1
        let iterations = reader.integer("iterations", atLeast: 1, atMost: 10_000_000_000) ?? 1
        let maxDuration = reader.duration("maxDuration", positive: true) ?? Self.defaultMaxDuration
        if self == .perVUIterations {
            return .perVUIterations(users: users, iterations: iterations, maxDuration: maxDuration)
        }
        if iterations < users {
            reader.problems.add(
                reader.path(of: "iterations"), "\(iterations)",
                "must not be less than the number of users that share them, \"vus\" = \(users)")
            return nil
        }
        return .sharedIterations(users: users, iterations: iterations, maxDuration: maxDuration)
    }

    private static func readTimeUnit(_ reader: OptionReader) -> Duration? {
        reader.has("timeUnit") ? reader.duration("timeUnit", positive: true) : .seconds(1)
    }

    private static func readUsers(_ reader: OptionReader) -> Executor.ArrivalUsers? {
        let most = reader.integer("maxVUs", atLeast: 1)
        guard reader.require("preAllocatedVUs", "how many users are there from the start"),
            let preAllocated = reader.integer("preAllocatedVUs", atLeast: 0),
            most != nil || !reader.hasContent("maxVUs")
        else { return nil }
        let limit = most ?? preAllocated
        if limit < preAllocated {
            reader.problems.add(
                reader.path(of: "maxVUs"), "\(limit)", "must not be less than \"preAllocatedVUs\" = \(preAllocated)")
            return nil
        }
        if limit == 0 {
            reader.problems.add(reader.path(of: "preAllocatedVUs"), "0", "needs a \"maxVUs\" of more than 0")
            return nil
        }
        return Executor.ArrivalUsers(preAllocated: preAllocated, most: limit)
    }
}

extension OptionReader {
    /// The stages of a ramping executor, of which there must be one at least, lasting more than no time.
    func stages(most: Int) -> [Stage]? {
        guard self.require("stages", "a list of {duration=..., target=...}"), let stages = self.stageList(most: most)
        else { return nil }
        if stages.isEmpty {
            self.problems.add(self.path(of: "stages"), "[]", "must have at least one stage")
            return nil
        }
        if stages.totalDuration == .zero {
            self.problems.add(self.path(of: "stages"), nil, "last 0s altogether; one at least must have a duration")
            return nil
        }
        return stages
    }

    /// The stages, perhaps an empty list; nil if the key is absent or anything in it is wrong.
    func stageList(most: Int) -> [Stage]? {
        guard let elements = self.list("stages") else { return nil }
        let stages = elements.compactMap { element -> Stage? in
            guard let reader = OptionReader(element.value, path: element.path, problems: self.problems) else {
                return nil
            }
            reader.checkKeys(["duration", "target"])
            let hasDuration = reader.require("duration", "how long the stage lasts")
            let hasTarget = reader.require("target", "what is reached at the stage's end")
            let duration = reader.duration("duration")
            let target = reader.integer("target", atLeast: 0, atMost: most)
            guard hasDuration, hasTarget, let duration, let target else { return nil }
            return Stage(duration: duration, target: target)
        }
        return stages.count == elements.count ? stages : nil
    }
}
