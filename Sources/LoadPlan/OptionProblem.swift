/// One mistake in a script's `options` or on the command line.
package struct OptionProblem: Equatable, Sendable, CustomStringConvertible {
    /// The place: `options.scenarios.chat.stages[2].target`, `--vus`. Elements of lists count from 1, as in Lua. Empty
    /// if the message names the place.
    package let path: String
    /// The value there, as JSON (long values are cut), or nil if something is missing.
    package let value: String?
    /// The mistake, and the allowed values.
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
