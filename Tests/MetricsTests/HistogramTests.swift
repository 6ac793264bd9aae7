import TestSupport
import Testing

@testable import Metrics

struct HistogramTests {
    /// The relative error that the type promises.
    private static let precision = 0.008

    /// Times in microseconds and plain numbers as they come in runs, and worse.
    private static let distributions: [(name: String, values: [Double])] = {
        var random = SeededGenerator(seed: 3)
        let count = 20_000
        return [
            ("even", (0..<count).map { _ in random.fraction() * 1_000 }),
            ("1 µs to 3 h", (0..<count).map { _ in random.magnitude(from: 1, to: 1.08e10) }),
            ("whole and small", (0..<count).map { _ in Double(Int(random.fraction() * 20)) }),
            ("two humps", (0..<count).map { $0 % 100 == 0 ? 9_000 + random.fraction() * 50 : 40 + random.fraction() }),
            ("long tail", (0..<count).map { _ in 100 / (1 - random.fraction() * 0.9999) }),
            ("both signs", (0..<count).map { _ in random.fraction() * 8 - 4 }),
            ("negative", (0..<count).map { _ in -random.magnitude(from: 1e-6, to: 1e6) }),
            ("one value", Array(repeating: 141, count: 7)),
            ("two values", [1, 1e9]),
        ]
    }()

    private static func histogram(_ values: some Sequence<Double>) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test(arguments: HistogramTests.distributions.map(\.name))
    func percentilesAreThoseOfTheSortedValues(_ name: String) throws {
        let values = try #require(Self.distributions.first { $0.name == name }).values
        let histogram = Self.histogram(values)
        let sorted = values.sorted()
        for percentile in [0.0, 0.1, 1, 10, 25, 50, 66, 75, 90, 95, 99, 99.9, 99.99, 100] {
            let exact = Self.percentile(percentile, of: sorted)
            let position = percentile / 100 * Double(sorted.count - 1)
            let ends = [sorted[Int(position.rounded(.down))], sorted[Int(position.rounded(.up))]]
            let allowed = ends.map(abs).max()! * Self.precision
            let error = abs(histogram.percentile(percentile) - exact)
            #expect(error <= allowed, "p(\(percentile)): \(exact), off by \(error)")
        }
        #expect(histogram.percentile(0) == sorted.first)
        #expect(histogram.percentile(100) == sorted.last)
    }

    /// As k6 computes it: on the straight line between the two values beside it.
    private static func percentile(_ percentile: Double, of sorted: [Double]) -> Double {
        let position = percentile / 100 * Double(sorted.count - 1)
        let (lower, upper) = (sorted[Int(position.rounded(.down))], sorted[Int(position.rounded(.up))])
        return lower + (upper - lower) * (position - position.rounded(.down))
    }

    /// The output of k6 1.1.0 for these values.
    @Test(
        arguments: [
            ([10, 20], 90.0, 19.0), ([10, 20], 50, 15), ([10, 20], 95, 19.5), ([10, 20], 0, 10), ([10, 20], 100, 20),
            ([7], 95, 7), ([1, 2, 3, 4, 100], 90, 61.6), ([1, 2, 3, 4, 100], 50, 3), ([1, 2, 3, 4, 100], 25, 2),
            ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 90, 91), ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 95, 95.5),
            ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 99, 99.1), ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 50, 55),
        ] as [([Double], Double, Double)])
    func percentilesOfFewValuesAreThoseOfK6(_ values: [Double], _ percentile: Double, _ figure: Double) {
        let histogram = Self.histogram(values.reversed())
        let error = abs(histogram.percentile(percentile) - figure)
        // Of one or two values both are known exactly; the sum of two products is not.
        #expect(error <= (values.count <= 2 ? 1e-12 : Self.precision) * figure, "\(histogram.percentile(percentile))")
    }

    @Test(arguments: HistogramTests.distributions.map(\.name))
    func countExtremesAndSumAreExact(_ name: String) throws {
        let values = try #require(Self.distributions.first { $0.name == name }).values
        let histogram = Self.histogram(values)
        #expect(histogram.count == UInt64(values.count))
        #expect(histogram.min == values.min())
        #expect(histogram.max == values.max())
        #expect(histogram.sum == values.reduce(0, +))
        #expect(histogram.mean == values.reduce(0, +) / Double(values.count))
    }

    @Test func theSumOfNanosecondsIsExactInWhateverOrder() {
        var random = SeededGenerator(seed: 4)
        let values = (0..<10_000).map { _ in (random.fraction() * 1e9).rounded() }
        var parts = (0..<3).map { part in
            Self.histogram(values.enumerated().filter { $0.offset % 3 == part }.map(\.1))
        }
        var merged = parts.removeLast()
        for part in parts { merged.merge(part) }
        #expect(merged == Self.histogram(values))
    }

    @Test(arguments: HistogramTests.distributions.map(\.name))
    func mergingIsRecordingInOne(_ name: String) throws {
        let values = try #require(Self.distributions.first { $0.name == name }).values
        var merged = Self.histogram(values.prefix(values.count / 3))
        merged.merge(Histogram())
        merged.merge(Self.histogram(values.dropFirst(values.count / 3)))
        let whole = Self.histogram(values)
        #expect(merged.buckets == whole.buckets)
        #expect(merged.count == whole.count)
        #expect(merged.min == whole.min)
        #expect(merged.max == whole.max)
        #expect(abs(merged.sum - whole.sum) <= abs(whole.sum) * 1e-9)
    }

    @Test func mergingIntoAnEmptyOneCopies() {
        let other = Self.histogram([1, 2, 3])
        var histogram = Histogram()
        histogram.merge(other)
        histogram.record(4)
        #expect(histogram == Self.histogram([1, 2, 3, 4]))
        #expect(other == Self.histogram([1, 2, 3]))
    }

    @Test(arguments: HistogramTests.distributions.map(\.name))
    func theBucketsAreTheWholeHistogram(_ name: String) throws {
        let values = try #require(Self.distributions.first { $0.name == name }).values
        let histogram = Self.histogram(values)
        let copy = try #require(
            Histogram(buckets: histogram.buckets, sum: histogram.sum, min: histogram.min, max: histogram.max))
        #expect(copy == histogram)
        #expect(copy.percentile(99.9) == histogram.percentile(99.9))
    }

    @Test(arguments: [[1], [20_000, 1], [Int.min, 1], [5, 0], [5, -1], [5, Int.max, 6, Int.max, 7, Int.max]])
    func whatIsNoHistogramIsRefused(_ buckets: [Int]) {
        #expect(Histogram(buckets: buckets, sum: 1, min: 1, max: 1) == nil)
    }

    @Test func extremesThatAreNoneAreRefused() {
        #expect(Histogram(buckets: [5, 1], sum: 1, min: 2, max: 1) == nil)
        #expect(Histogram(buckets: [5, 1], sum: .nan, min: 1, max: 1) == nil)
        #expect(Histogram(buckets: [], sum: 0, min: 0, max: 0) == Histogram())
    }

    @Test func anEmptyOneIsZeroAndTakesNoMemory() {
        let histogram = Histogram()
        #expect(histogram.percentiles([0, 50, 99, 100]) == [0, 0, 0, 0])
        #expect(histogram.min == 0 && histogram.max == 0 && histogram.mean == 0)
        #expect(histogram.footprint == 0)
        #expect(histogram.curve().isEmpty)
    }

    @Test func aFewValuesTakeLittleMemoryAndManyTakeNoMore() {
        #expect(Self.histogram([12]).footprint <= 200)
        let spread = { (count: Int) in Self.histogram((0..<count).map { 100 + Double($0 * 7_919 % 20_000) }).footprint }
        #expect(spread(20_000) <= 12_000)
        #expect(spread(20_000) == spread(200_000))
    }

    @Test func whatIsNoNumberIsLeftOut() {
        #expect(Self.histogram([.nan, .infinity, -.infinity, 3]) == Self.histogram([3]))
    }

    @Test func theEndsOfTheScale() {
        let histogram = Self.histogram([-.greatestFiniteMagnitude, -1e-300, 0, 1e-300, .greatestFiniteMagnitude])
        #expect(histogram.percentile(50) == 0)
        #expect(histogram.min == -.greatestFiniteMagnitude)
        #expect(histogram.max == .greatestFiniteMagnitude)
        #expect(histogram.count == 5)
    }

    @Test func smallWholeNumbersAreShownAsTheyAre() {
        let histogram = Self.histogram((1...250).map(Double.init))
        #expect((1...4).allSatisfy { histogram.percentile(Double($0) * 100 / 249) == Double($0 + 1) })
    }

    @Test func theCurveRisesToTheGreatestValue() throws {
        let curve = Self.histogram((1...1_000).map(Double.init)).curve()
        #expect(curve.first == Histogram.CurvePoint(percentile: 0, value: 1, count: 1))
        #expect(curve.last == Histogram.CurvePoint(percentile: 100, value: 1_000, count: 1_000))
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.percentile < $1.percentile && $0.value <= $1.value })
        #expect(try #require(curve.last { $0.percentile < 100 }).percentile > 99.8)
    }
}

extension Histogram {
    /// The bytes that it takes on the heap, without what the allocator adds.
    fileprivate var footprint: Int {
        self.directory.capacity * MemoryLayout<UInt16>.stride + self.counts.capacity * MemoryLayout<UInt64>.stride
    }
}
