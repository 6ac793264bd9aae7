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
