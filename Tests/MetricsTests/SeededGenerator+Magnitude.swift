import TestSupport

extension SeededGenerator {
    /// From 0 up to and without 1.
    mutating func fraction() -> Double { Double.random(in: 0..<1, using: &self) }

    /// As often as not a small one: the logarithms are spread evenly.
    mutating func magnitude(from least: Double, to greatest: Double) -> Double {
        var value = least
        let steps = 20
        // Without a logarithm: halves of the ratio, as often as a coin falls.
        var ratio = greatest / least
        for _ in 0..<steps {
            ratio = ratio.squareRoot()
            if Bool.random(using: &self) { value *= ratio }
        }
        return value
    }
}
