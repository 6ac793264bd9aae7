import Metrics
import TestSupport
import Testing

struct HistogramDifferenceTests {
    @Test func differencesAddUpToTheWhole() {
        var random = SeededGenerator(seed: 11)
        var (total, earlier, sum) = (Histogram(), Histogram(), Histogram())
        for round in 0..<20 {
            var part = Histogram()
            for _ in 0..<random.below(50) * (round % 3) {
                let value = random.magnitude(from: 1, to: 1e9)
                total.record(value)
                part.record(value)
            }
            let difference = total.since(earlier)
            #expect(difference.buckets == part.buckets)
            #expect(difference.count == part.count)
            if !part.isEmpty {
                #expect(abs(difference.min - part.min) <= part.min * 0.008)
                #expect(abs(difference.max - part.max) <= part.max * 0.008)
            }
            sum.merge(difference)
            earlier = total
        }
        #expect(sum.buckets == total.buckets)
        #expect(sum.min == total.min && sum.max == total.max)
        #expect(abs(sum.sum - total.sum) <= total.sum * 1e-12)
    }

    @Test func extremesThatAreNewAreExact() {
        var histogram = Histogram()
        histogram.record(141.3)
        let earlier = histogram
        for value in [99.7, 999.9] { histogram.record(value) }
        let difference = histogram.since(earlier)
        #expect(difference.min == 99.7 && difference.max == 999.9)
        #expect(histogram.since(histogram).isEmpty)
        #expect(histogram.since(Histogram()) == histogram)
    }

    @Test func distributionHasEveryValueOnce() {
        var histogram = Histogram()
        for value in [3.0, 3, 5, 100_000] { histogram.record(value) }
        #expect(histogram.distribution.map(\.value) == [3, 5, 100_000])
        #expect(histogram.distribution.map(\.count) == [2, 1, 1])
    }
}
