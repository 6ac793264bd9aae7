/// Random numbers that are the same in every run, so that a failure can be looked at again (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var word = self.state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

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
