/// The part of a run that one process has: from one fraction of it to another (k6, `--execution-segment`).
///
/// Segments of one run add up exactly to the whole when all of them are written over one denominator: `0:1/4`,
/// `1/4:1/2` …, all in percent, or all as decimals; also where each denominator is the next one's beginning, as
/// `0:1/2`, `1/2:3/4`, `3/4:1`. So a process needs to know only its own segment, and no sequence of all of them.
package struct ExecutionSegment: Equatable, Sendable, CustomStringConvertible {
    /// Parts of the whole; this segment has those from `first` up to but without `end`.
    let parts: Int
    let first: Int
    let end: Int
    /// How a number below `parts` is taken apart so that consecutive ones lie far from each other.
    let radices: [Int]
    package let description: String

    package static let whole = ExecutionSegment(parts: 1, first: 0, end: 1, radices: [], description: "0:1")

    /// Finer segments would need large tables.
    static let mostParts = 100_000

    private init(parts: Int, first: Int, end: Int, radices: [Int], description: String) {
        self.parts = parts
        self.first = first
        self.end = end
        self.radices = radices
        self.description = description
    }

    /// How large the segment is; the whole is 1.
    package var fraction: Double { Double(self.end - self.first) / Double(self.parts) }

    /// Reads `1/4:1/2`, `25%:50%`, `0.25:0.5`; a single value is the end of a segment that begins at 0, as is `:1/2`.
    package init(parsing text: String, option: String = "--execution-segment") throws(OptionErrors) {
        func failure(_ message: String) -> OptionErrors {
            OptionErrors([OptionProblem(path: option, value: "\"\(text)\"", message: message)])
        }
        let sides = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard sides.count <= 2 else { throw failure("must be two fractions with one \":\" between them") }
        let starts = sides.count == 2 && !sides[0].isEmpty ? sides[0] : "0"
        let ends = sides.last!.isEmpty ? "1" : sides.last!
        var fractions: [Fraction] = []
        for side in [starts, ends] {
            guard let fraction = Fraction(side) else {
                throw failure(
                    "\"\(side)\" is not a fraction such as 1/4, 25% or 0.25 with at most \(Self.mostParts) parts")
            }
            fractions.append(fraction)
        }
        guard let common = Fraction.common(fractions[0], fractions[1]), common.denominator <= Self.mostParts else {
            throw failure("divides the whole into more than \(Self.mostParts) parts")
        }
        guard common.first < common.second else { throw failure("must begin before it ends") }
        guard common.second <= common.denominator else { throw failure("must not end after 1") }
        self.init(
            parts: common.denominator, first: common.first, end: common.second, radices: common.radices,
            description: "\(starts):\(ends)")
    }

    /// Segment `index` (from 0) of `count` equal ones.
    package init(index: Int, of count: Int, option: String = "--segment") throws(OptionErrors) {
        guard (1...Self.mostParts).contains(count), (0..<count).contains(index) else {
            throw OptionErrors([
                OptionProblem(
                    path: option, value: "\"\(index)/\(count)\"",
                    message: "must be i/N with i from 0 to N-1 and N from 1 to \(Self.mostParts)")
            ])
        }
        self.init(
            parts: count, first: index, end: index + 1, radices: Fraction.primeFactors(count),
            description: "\(index)/\(count):\(index + 1)/\(count)")
    }

    /// Reads `--segment i/N`.
    package init(indexOf text: String, option: String = "--segment") throws(OptionErrors) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let index = sides[0], let count = sides[1] else {
            throw OptionErrors([
                OptionProblem(path: option, value: "\"\(text)\"", message: "must be i/N, as 0/4 to 3/4")
            ])
        }
        try self.init(index: index, of: count, option: option)
    }
}
