/// An axis: what it spans and where it has its marks.
struct PlotScale {
    let lower: Double
    let upper: Double
    let marks: [Double]

    /// From 0 to the first round number that is not below `maximum`, with about four marks at round numbers.
    init(upTo maximum: Double) {
        // A range that is nearly empty, or nearly infinite, has no round steps.
        let top = maximum.isFinite && maximum > 1e-300 ? Swift.min(maximum, 1e300) : 1
        let step = Self.roundStep(top / 4)
        let count = Int((top / step).rounded(.up))
        self.init(lower: 0, upper: Double(count) * step, marks: (0...count).map { Double($0) * step })
    }

    /// A time axis of seconds, with marks at whole units of time.
    init(seconds: Double) {
        let end = seconds.isFinite && seconds > 0 ? Swift.min(seconds, 1e9) : 1
        let steps: [Double] = [
            0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200,
        ]
        let days = (end / 6 / 86_400).rounded(.up) * 86_400
        let step = steps.first { end / $0 <= 6 } ?? days
        self.init(lower: 0, upper: end, marks: (0...Int(end / step)).map { Double($0) * step })
    }

    private init(lower: Double, upper: Double, marks: [Double]) {
        (self.lower, self.upper, self.marks) = (lower, upper, marks)
    }

    /// 0 at the beginning of the axis, 1 at its end.
    func share(of value: Double) -> Double {
        Swift.min(Swift.max((value - self.lower) / (self.upper - self.lower), 0), 1)
    }

    /// The first of 1, 2, 5, 10… times a power of ten that is not below `step`.
    private static func roundStep(_ step: Double) -> Double {
        var power = 1.0
        while power * 10 <= step { power *= 10 }
        while power > step { power /= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= step * 0.999_999 } ?? power * 10
    }
}
