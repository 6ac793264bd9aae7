import JSONText
import Metrics

/// One entry of `options.scenarios` as the script wrote it.
package struct ScenarioOptions: Equatable, Sendable {
    package let name: String
    package let executor: Executor
    /// The script's function that is the iteration; nil: `default`.
    package var exec: String?
    /// From the run's start.
    package var startTime: Duration = .zero
    package var gracefulStop: Duration?
    package var gracefulRampDown: Duration?
    package var failurePause: Duration?
    package var env: [String: String] = [:]
    package var tags: [String: String] = [:]
    /// This scenario's share of the users, if a master directs them.
    package var weight: Int?
    /// The number of users, whatever their total, if a master directs them.
    package var fixedCount: Int?

    package init(name: String, executor: Executor) {
        self.name = name
        self.executor = executor
    }

    private static let commonKeys = [
        "executor", "exec", "startTime", "gracefulStop", "env", "tags", "weight", "fixedCount",
    ]

    /// Nil, with problems noted, where something is wrong.
    init?(name: String, reading reader: OptionReader) {
        let problemsBefore = reader.problems.problems.count
        guard let kind = Self.readKind(reader) else { return nil }
        reader.checkKeys(Self.commonKeys + kind.keys, remarks: Self.remarks(for: kind))
        if name.isEmpty || !name.unicodeScalars.allSatisfy({ $0.isWordCharacter || $0 == "-" }) {
            reader.problems.add(reader.path, nil, "a scenario's name has only letters, digits, \"_\" and \"-\"")
        }
        let exec = reader.string("exec")
        if exec == "" { reader.problems.add(reader.path(of: "exec"), "\"\"", "must name a function") }
        let startTime = reader.duration("startTime")
        let gracefulStop = reader.duration("gracefulStop")
        let gracefulRampDown = reader.duration("gracefulRampDown")
        let failurePause = reader.duration("failurePause")
        let env = reader.strings("env")
        let tags = reader.strings("tags")
        let weight = reader.integer("weight", atLeast: 1)
        let fixedCount = reader.integer("fixedCount", atLeast: 1)
        if weight != nil, fixedCount != nil {
            reader.problems.add(reader.path, nil, "\"weight\" and \"fixedCount\" exclude each other")
        }
        guard let executor = kind.read(reader), reader.problems.problems.count == problemsBefore else { return nil }
        self.init(name: name, executor: executor)
        self.exec = exec
        self.startTime = startTime ?? .zero
        self.gracefulStop = gracefulStop
        self.gracefulRampDown = gracefulRampDown
        self.failurePause = failurePause
        self.env = env
        self.tags = tags
        self.weight = weight
        self.fixedCount = fixedCount
    }

    private static func readKind(_ reader: OptionReader) -> Executor.Kind? {
        let names = Executor.Kind.allCases.map(\.rawValue)
        guard reader.require("executor", "one of \(names.joined(separator: ", "))"),
            let text = reader.string("executor")
        else { return nil }
        if let kind = Executor.Kind(rawValue: text) { return kind }
        let path = reader.path(of: "executor")
        if text == "externally-controlled" {
            reader.problems.add(path, "\"\(text)\"", "k6 2.0 removed this executor; use constant-vus or ramping-vus")
        } else if let nearest = nearestName(to: text, among: names) {
            reader.problems.add(path, "\"\(text)\"", "unknown executor; did you mean \"\(nearest)\"?")
        } else {
            reader.problems.add(path, "\"\(text)\"", "unknown executor; known are \(names.joined(separator: ", "))")
        }
        return nil
    }

    /// Keys that another executor has: the message names it.
    private static func remarks(for kind: Executor.Kind) -> [String: String] {
        var remarks: [String: String] = [:]
        for other in Executor.Kind.allCases {
            for key in other.keys where remarks[key] == nil {
                let owners = Executor.Kind.allCases.filter { $0.keys.contains(key) }.map(\.rawValue)
                remarks[key] = "\(kind.rawValue) has no such option; it belongs to \(owners.joined(separator: ", "))"
            }
        }
        return remarks
    }
}
