import Glibc

/// An axis: the range it spans and where it has its marks.
struct PlotScale {
    let lower: Double
    let upper: Double
    let marks: [Double]
    var isLogarithmic = false

    /// Values that differ by more than this factor have a logarithmic axis.
    private static let decades = 100.0

    /// For the values of a plot: from 0, or logarithmic where they are positive and span decades.
    ///
    /// - Parameters:
    ///   - values: the least and the greatest.
    ///   - bounds: lines that the plot has besides; those far above the values are left out.
    ///   - mayBeLogarithmic: false where the height above zero matters, as of rates.
    init(values: ClosedRange<Double>, bounds: [Double] = [], mayBeLogarithmic: Bool = true) {
        let near = bounds.filter { $0 > values.lowerBound && $0 <= values.upperBound * 3 }
        let upper = Swift.max(values.upperBound, near.max() ?? values.upperBound)
        if mayBeLogarithmic, values.lowerBound > 0, values.upperBound / values.lowerBound > Self.decades {
            self.init(from: values.lowerBound, logarithmicUpTo: upper)
        } else if values.lowerBound < 0 {
            let step = Self.roundStep(Swift.min(Swift.max(upper - values.lowerBound, 1e-300), 1e300) / 4)
            let (first, last) = ((values.lowerBound / step).rounded(.down), (upper / step).rounded(.up))
            self.init(
                lower: first * step, upper: last * step,
                marks: (0...Int(Swift.min(last - first, 10))).map { (first + Double($0)) * step })
        } else {
            self.init(upTo: upper)
        }
    }

    /// From 0 to the first round number that is not below `maximum`, with about four marks at round numbers.
    init(upTo maximum: Double) {
        // A range that is nearly empty, or nearly infinite, has no round steps.
        let top = maximum.isFinite && maximum > 1e-300 ? Swift.min(maximum, 1e300) : 1
        let step = Self.roundStep(top / 4)
        let count = Int((top / step).rounded(.up))
        self.init(lower: 0, upper: Double(count) * step, marks: (0...count).map { Double($0) * step })
    }

    /// From a power of ten to one, with a mark at each, or at some of them.
    private init(from minimum: Double, logarithmicUpTo maximum: Double) {
        let first = Int(log10(Swift.min(Swift.max(minimum, 1e-12), 1e18)).rounded(.down))
        let last = Swift.max(Int(log10(Swift.min(maximum, 1e18)).rounded(.up)), first + 1)
        let step = (last - first + 5) / 6
        let marks = stride(from: first, through: last, by: step).map { pow(10, Double($0)) }
        self.init(lower: pow(10, Double(first)), upper: pow(10, Double(last)), marks: marks)
        self.isLogarithmic = true
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
        guard self.isLogarithmic else {
            return Swift.min(Swift.max((value - self.lower) / (self.upper - self.lower), 0), 1)
        }
        guard value > self.lower else { return 0 }
        return Swift.min(log(value / self.lower) / log(self.upper / self.lower), 1)
    }

    /// The first of 1, 2, 5, 10… times a power of ten that is not below `step`.
    private static func roundStep(_ step: Double) -> Double {
        var power = 1.0
        while power * 10 <= step { power *= 10 }
        while power > step { power /= 10 }
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= step * 0.999_999 } ?? power * 10
    }
}
