import Testing

@testable import LoadReport

struct SteadyOrderTests {
    private func texts(_ order: inout SteadyOrder<String>, _ weights: KeyValuePairs<String, Double>, limit: Int = 10)
        -> String
    {
        let keys = weights.map(\.key)
        return order.order(keys, weights: weights.map(\.value), limit: limit).map { keys[$0] }.joined()
    }

    @Test func firstOrderIsByWeight() {
        var order = SteadyOrder<String>()
        #expect(self.texts(&order, ["a": 1, "b": 3, "c": 2, "d": 3]) == "bdca")
    }

    @Test func nearWeightsKeepTheirPlaces() {
        var order = SteadyOrder<String>()
        #expect(self.texts(&order, ["a": 100, "b": 90, "c": 10]) == "abc")
        #expect(self.texts(&order, ["a": 90, "b": 100, "c": 10]) == "abc")
        #expect(self.texts(&order, ["c": 10, "b": 110, "a": 90]) == "abc")
        #expect(self.texts(&order, ["a": 90, "b": 120, "c": 10]) == "bac")
        #expect(self.texts(&order, ["a": 120, "b": 110, "c": 10]) == "bac")
    }

    @Test func newAndGoneRowsFindTheirPlaces() {
        var order = SteadyOrder<String>()
        #expect(self.texts(&order, ["a": 100, "b": 50]) == "ab")
        #expect(self.texts(&order, ["x": 70, "a": 100, "b": 50]) == "axb")
        #expect(self.texts(&order, ["x": 70, "b": 50]) == "xb")
    }

    @Test func limitKeepsTheGreatest() {
        var order = SteadyOrder<String>()
        #expect(self.texts(&order, ["a": 1, "b": 3, "c": 2], limit: 2) == "bc")
        #expect(self.texts(&order, ["a": 2.2, "b": 3, "c": 2], limit: 2) == "bc")
        #expect(self.texts(&order, ["a": 5, "b": 3, "c": 2], limit: 2) == "ab")
    }

    @Test func greatestAreInOrderAndEqualOnesAsTheyCame() {
        let pairs = [(1, "a"), (3, "b"), (3, "c"), (2, "d"), (3, "e"), (0, "f")]
        for limit in 0...7 {
            let expected = pairs.enumerated().sorted { ($1.element.0, $0.offset) < ($0.element.0, $1.offset) }
                .prefix(limit).map(\.element.1)
            let found = SteadyOrder<Int>.greatest(limit, of: pairs) { Double($0.0) }
            #expect(found.map(\.1) == Array(expected))
        }
    }
}
