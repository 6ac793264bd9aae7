/// All mistakes that were found, so that a user can fix them together. Exit code 104 (k6's "invalid config").
package struct OptionErrors: Error, Equatable, Sendable, CustomStringConvertible {
    package let problems: [OptionProblem]

    package init(_ problems: [OptionProblem]) { self.problems = problems }

    /// One problem a line.
    package var description: String { self.problems.map(\.description).joined(separator: "\n") }
}
