import CommandLineParser

/// The transform of an option whose value is a number in this range.
func number<Number: Comparable & LosslessStringConvertible & Sendable>(
    in range: ClosedRange<Number>
) -> @Sendable (String) throws -> Number {
    { text in
        guard let number = Number(text), range.contains(number) else {
            throw ValidationError("it must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
