import LoadPlan
import Metrics

/// A plan as a Locust master sees it: classes of users with weights. How many users there are, the master decides.
package struct LocustPlan: Equatable, Sendable {
    package struct UserClass: Equatable, Sendable {
        /// A Python identifier, unique in the plan.
        package let name: String
        package let scenario: Scenario
        package let weight: Int
        /// So many users whatever the total; the weight is then without effect.
        package let fixedCount: Int?
        /// The shape of a ramp; nil where the number of users is constant.
        package let stages: [Stage]?
    }

    package let classes: [UserClass]

    /// - Parameter stem: the script's file name without its extension: the class of a script without scenarios.
    /// - Throws: executors that a master cannot direct, and names that become one.
    package init(_ plan: LoadPlan, stem: String) throws(OptionErrors) {
        let problems = ProblemList()
        var scenarioOfClass: [String: String] = [:]
        self.classes = plan.scenarios.compactMap { scenario in
            let path = plan.isShortcut ? "options" : "options.scenarios.\(scenario.name)"
            if plan.saysIterations, let reason = Self.refusal(of: scenario.executor.kind) {
                problems.add(path, "\"\(scenario.executor.kind.rawValue)\"", reason)
            }
            let name = Self.identifier(plan.isShortcut ? stem : scenario.name)
            if let other = scenarioOfClass.updateValue(scenario.name, forKey: name) {
                problems.add(path, nil, "has the same name for Locust, \(name), as the scenario \"\(other)\"")
            }
            var stages: [Stage]?
            if case .rampingVUs(_, let ramp) = scenario.executor { stages = ramp }
            return UserClass(
                name: name, scenario: scenario, weight: scenario.weight ?? scenario.executor.maxUsers,
                fixedCount: scenario.fixedCount, stages: stages)
        }
        try problems.throwIfAny()
    }

    /// The file's name without folders and extension.
    package static func stem(ofPath path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: "."), dot != file.startIndex else { return String(file) }
        return String(file[..<dot])
    }

    /// Why a worker cannot run an executor, or nil.
    static func refusal(of kind: Executor.Kind) -> String? {
        switch kind {
        case .constantVUs, .rampingVUs: nil
        case .perVUIterations, .sharedIterations:
            "a Locust master directs users and knows no number of iterations: use constant-vus or ramping-vus, "
                + "or eio-lua load"
        case .constantArrivalRate, .rampingArrivalRate:
            "a Locust master directs users and knows no arrival rate: use constant-vus or ramping-vus, "
                + "or eio-lua load with --segment on each machine"
        }
    }

    /// The text as a Python identifier: what cannot stand in one becomes "_".
    static func identifier(_ text: String) -> String {
        var scalars = String.UnicodeScalarView(text.unicodeScalars.map { $0.isWordCharacter ? $0 : "_" })
        if scalars.first.map(\.isDigit) ?? true { scalars.insert("_", at: scalars.startIndex) }
        let name = String(scalars)
        return Self.keywords.contains(name) || Self.reserved.contains(name) ? name + "_" : name
    }

    /// Names that the master's file uses itself, and the two that make Locust take a map of classes for another value.
    private static let reserved: Set<String> = [
        "abs", "getattr", "isinstance", "max", "print", "round", "str", "sum", "zip", "__datetime__", "__ObjectId__",
        "_EioShape", "_EioUser",
    ]

    /// Python's own, which cannot name a class (Python language reference, "Keywords").
    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ]
}
