import JSONText
import Metrics

/// The output of `eio-lua inspect`: for a person, or as JSON with k6's keys.
package struct PlanInspection: Sendable {
    private let plan: LoadPlan
    private let script: String
    private let functions: [String]
    private let showsSecrets: Bool

    /// - Parameter showsSecrets: the values of variables too.
    package init(_ plan: LoadPlan, script: String, functions: ScriptFunctions, showsSecrets: Bool = false) {
        self.showsSecrets = showsSecrets
        self.plan = plan
        self.script = script
        self.functions = plan.called(of: functions).subtracting(.handleSummary).names
    }

    private var shapeText: String {
        self.plan.shape == .bot
            ? "a plain bot: the script is the iteration" : "a scenario: its functions are the iterations"
    }

    package var text: String {
        var lines = ["        script: \(self.script) (\(self.shapeText))"]
        if !self.functions.isEmpty { lines.append("         calls: \(self.functions.joined(separator: ", "))") }
        if self.plan.segment != .whole { lines.append("       segment: \(self.plan.segment)") }
        lines.append("     \(self.plan)")
        if !self.plan.thresholds.isEmpty, !self.plan.noThresholds {
            lines.append("    thresholds:")
            for threshold in self.plan.thresholds {
                lines.append(
                    "         * \(threshold.selector): \(threshold.expression)"
                        + (threshold.abortOnFail ? " (ends the run)" : ""))
            }
        }
        lines += self.plan.warnings.map { "warning: \($0)" } + self.plan.notes.map { "note: \($0)" }
        return lines.joined(separator: "\n")
    }

    package var json: String {
        let scenarios = self.plan.scenarios.map {
            JSON.Member(key: $0.name, value: $0.json(self.plan, showsSecrets: self.showsSecrets))
        }
        var thresholds: [(String, [JSON])] = []
        for threshold in self.plan.noThresholds ? [] : self.plan.thresholds {
            let name = "\(threshold.selector)"
            let value: JSON = .object([
                "threshold": .string("\(threshold.expression)"), "abortOnFail": .bool(threshold.abortOnFail),
                "delayAbortEval": .string(threshold.delayAbortEval.planText),
            ])
            if let index = thresholds.firstIndex(where: { $0.0 == name }) {
                thresholds[index].1.append(value)
            } else {
                thresholds.append((name, [value]))
            }
        }
        return JSON.object([
            "script": .string(self.script),
            "shape": .string(self.plan.shape == .bot ? "bot" : "scenario"),
            "functions": .strings(self.functions),
            "segment": .string("\(self.plan.segment)"),
            "maxVUs": .integer(self.plan.maxUsers),
            "maxDuration": .string(self.plan.maxDuration.planText),
            "scenarios": .object(scenarios),
            "thresholds": .object(thresholds.map { JSON.Member(key: $0.0, value: .array($0.1)) }),
            "tags": .strings(of: self.plan.tags),
            "setupTimeout": .string(self.plan.setupTimeout.planText),
            "teardownTimeout": .string(self.plan.teardownTimeout.planText),
            "summaryTrendStats": .strings(self.plan.summaryTrendStats.map { "\($0)" }),
            "summaryTimeUnit": self.plan.summaryTimeUnit.map { .string($0.rawValue) } ?? .null,
            "notes": .strings(self.plan.notes),
            "warnings": .strings(self.plan.warnings),
        ]).text(indent: 2, isForHTML: false)
    }
}

extension Scenario {
    /// The whole run's scenario by k6's keys, and what of it falls to the plan's segment.
    fileprivate func json(_ plan: LoadPlan, showsSecrets: Bool) -> JSON {
        var members: [JSON.Member] = []
        func add(_ key: String, _ value: JSON) { members.append(JSON.Member(key: key, value: value)) }
        func text(_ duration: Duration) -> JSON { .string(duration.planText) }
        func stages(_ stages: [Stage]) -> JSON {
            .array(stages.map { .object(["duration": text($0.duration), "target": .integer($0.target)]) })
        }
        func pool(_ pool: Executor.ArrivalUsers) {
            add("preAllocatedVUs", .integer(pool.preAllocated))
            add("maxVUs", .integer(pool.most))
        }
        add("executor", .string(self.executor.kind.rawValue))
        switch self.executor {
        case .constantVUs(let users, let duration):
            add("vus", .integer(users))
            add("duration", text(duration))
        case .rampingVUs(let start, let list):
            add("startVUs", .integer(start))
            add("stages", stages(list))
            add("gracefulRampDown", text(self.gracefulRampDown))
        case .perVUIterations(let users, let iterations, let maxDuration),
            .sharedIterations(let users, let iterations, let maxDuration):
            add("vus", .integer(users))
            add("iterations", .integer(iterations))
            add("maxDuration", text(maxDuration))
        case .constantArrivalRate(let users, let rate, let timeUnit, let duration):
            add("rate", .integer(rate))
            add("timeUnit", text(timeUnit))
            add("duration", text(duration))
            pool(users)
        case .rampingArrivalRate(let users, let startRate, let timeUnit, let list):
            add("startRate", .integer(startRate))
            add("timeUnit", text(timeUnit))
            add("stages", stages(list))
            pool(users)
        }
        add("exec", .string(self.exec))
        add("startTime", text(self.startTime))
        add("gracefulStop", text(self.gracefulStop))
        if self.executor.kind.keys.contains("failurePause") { add("failurePause", text(self.failurePause)) }
        add("env", .strings(of: showsSecrets ? self.env : self.env.mapValues { _ in "***" }))
        add("tags", .strings(of: self.tags))
        add("usersOfSegment", .integer(self.users(of: plan.share)))
        return .object(members)
    }
}

extension JSON {
    fileprivate static func strings(of pairs: [String: String]) -> JSON {
        .object(pairs.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: .string($0.value)) })
    }
}
