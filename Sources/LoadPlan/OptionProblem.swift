/// One mistake in a script's `options` or on the command line.
package struct OptionProblem: Equatable, Sendable, CustomStringConvertible {
    /// Where: `options.scenarios.chat.stages[2].target`, `--vus`. Elements of lists count from 1, as in Lua. Empty where the
    /// message names the place.
    package let path: String
    /// What stands there, as JSON (long values are cut), or nil where something is missing.
    package let value: String?
    /// What is wrong and what is allowed instead.
    package let message: String

    package init(path: String, value: String? = nil, message: String) {
        self.path = path
        self.value = value
        self.message = message
    }

    package var description: String {
        if let value = self.value { return "\(self.path) = \(value): \(self.message)" }
        return self.path.isEmpty ? self.message : "\(self.path): \(self.message)"
    }
}

/// All mistakes that were found, so that a user mends them in one go. Exit code 104 (k6's "invalid config").
package struct OptionErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package let problems: [OptionProblem]

    package init(_ problems: [OptionProblem]) { self.problems = problems }

    /// One problem a line.
    package var description: String { self.problems.map(\.description).joined(separator: "\n") }
}

/// Collects problems while options are read.
package final class ProblemList {
    package private(set) var problems: [OptionProblem] = []

    package init() {}

    package func add(_ path: String, _ value: String? = nil, _ message: String) {
        self.problems.append(OptionProblem(path: path, value: value, message: message))
    }

    package func throwIfAny() throws(OptionErrors) {
        if !self.problems.isEmpty { throw OptionErrors(self.problems) }
    }
}
