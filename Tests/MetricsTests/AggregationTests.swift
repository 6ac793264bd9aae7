import Metrics
import Testing

struct AggregationTests {
    @Test func aggregationsAreReadAndWritten() {
        for text in ["count", "rate", "value", "avg", "min", "max", "med", "p(95)", "p(99.9)", "p(0)"] {
            #expect(Aggregation(text)?.description == text)
        }
        for text in [
            "", "p95", "p(101)", "p(-1)", "p(nan)", "p(0x5)", "p()", "AVG", "mean",
        ] {
            #expect(Aggregation(text) == nil)
        }
    }

    @Test func theKindOfTheMetricDecidesWhatItHas() throws {
        let words: [MetricKind: [String]] = [
            .counter: ["count", "rate"], .gauge: ["value"], .rate: ["rate"],
            .trend: ["avg", "min", "max", "med", "p(95)"],
        ]
        for kind in MetricKind.allCases {
            for word in ["count", "rate", "value", "avg", "min", "max", "med", "p(95)"] {
                #expect(try #require(Aggregation(word)).applies(to: kind) == words[kind]?.contains(word))
            }
        }
    }
}
