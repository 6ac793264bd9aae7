import Metrics

/// A fraction as a user wrote it, not reduced: its denominator is used to write the other segments.
struct Fraction: Equatable {
    let numerator: Int
    let denominator: Int
    /// Written with a point or in percent, so that the denominator is a power of ten.
    let isDecimal: Bool

    /// Reads `1/4`, `25%`, `12.5%`, `0.25`, `1`; nil for anything else, negative ones and very fine ones.
    init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        if sides.count == 2, let numerator = Self.digits(sides[0]), let denominator = Self.digits(sides[1]) {
            guard denominator > 0, denominator <= ExecutionSegment.mostParts else { return nil }
            self.init(numerator, denominator, isDecimal: false)
            return
        }
        let isPercent = text.last == "%"
        let number = text.dropLast(isPercent ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard sides.count == 1, number.count <= 2, let whole = Self.digits(number[0]) else { return nil }
        let decimals = number.count == 2 ? number[1] : ""
        guard decimals.isEmpty || Self.digits(decimals) != nil, decimals.count <= 5 else { return nil }
        var scale = isPercent ? 100 : 1
        for _ in decimals { scale *= 10 }
        let tail = Self.digits(decimals) ?? 0
        self.init(whole * (isPercent ? scale / 100 : scale) + tail, scale, isDecimal: scale > 1)
    }

    private init(_ numerator: Int, _ denominator: Int, isDecimal: Bool) {
        self.numerator = numerator
        self.denominator = denominator
        self.isDecimal = isDecimal
    }

    private static func digits(_ text: some StringProtocol) -> Int? {
        guard text.count <= 9, text.unicodeScalars.allSatisfy(\.isDigit) else { return nil }
        return Int(text)
    }

    struct Common {
        let first: Int
        let second: Int
        let denominator: Int
        let radices: [Int]
    }

    /// Both over one denominator.
    static func common(_ first: Fraction, _ second: Fraction) -> Common? {
        let divisor = Self.greatestDivisor(first.denominator, second.denominator)
        let denominator = first.denominator / divisor * second.denominator
        // 0 and 1 go with either notation.
        let isDecimal = (first.isDecimal || first.denominator == 1) && (second.isDecimal || second.denominator == 1)
        return Common(
            first: first.numerator * (denominator / first.denominator),
            second: second.numerator * (denominator / second.denominator), denominator: denominator,
            radices: isDecimal ? Self.decimalFactors(denominator) : Self.primeFactors(denominator))
    }

    /// Digit by digit, so that tenths, hundredths and thousandths of one run fit together.
    private static func decimalFactors(_ denominator: Int) -> [Int] {
        var factors: [Int] = []
        var rest = denominator
        while rest > 1 {
            factors += [2, 5]
            rest /= 10
        }
        return factors
    }

    /// In ascending order, so that halves, quarters and eighths of one run fit together.
    static func primeFactors(_ number: Int) -> [Int] {
        var factors: [Int] = []
        var rest = number
        var factor = 2
        while factor * factor <= rest {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
            factor += 1
        }
        return rest > 1 ? factors + [rest] : factors
    }

    private static func greatestDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : Self.greatestDivisor(right, left % right)
    }
}
