import JSONText

/// In which unit a summary shows times (k6, `summaryTimeUnit`); without one, each in the unit that fits it.
package enum SummaryTimeUnit: String, Sendable, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"

    private static let allowed = "must be \"s\", \"ms\" or \"us\""

    /// Reads `--summary-time-unit ms`.
    package static func unit(commandLine text: String) throws(OptionErrors) -> SummaryTimeUnit {
        guard let unit = SummaryTimeUnit(rawValue: text) else {
            throw OptionErrors([
                OptionProblem(path: "--summary-time-unit", value: "\"\(text)\"", message: Self.allowed)
            ])
        }
        return unit
    }

    static func read(_ reader: OptionReader) -> SummaryTimeUnit? {
        guard let text = reader.string("summaryTimeUnit") else { return nil }
        if let unit = SummaryTimeUnit(rawValue: text) { return unit }
        reader.problems.add(reader.path(of: "summaryTimeUnit"), "\"\(text)\"", Self.allowed)
        return nil
    }
}
