extension Histogram {
    /// A point of the distribution's curve.
    package struct CurvePoint: Sendable, Equatable {
        /// From 0 to 100.
        package let percentile: Double
        /// At most this in `percentile` of a hundred cases.
        package let value: Double
        /// Values up to this one.
        package let count: UInt64

        package init(percentile: Double, value: Double, count: UInt64) {
            (self.percentile, self.value, self.count) = (percentile, value, count)
        }
    }

    /// The value that `percentile` of a hundred values do not exceed: right to 0.8 %, never outside of `min...max`,
    /// exactly `min` for 0 and `max` for 100; 0 where there is no value.
    ///
    /// It is k6's figure also of few values: between two of them it lies on the straight line from one to the other, at
    /// `percentile / 100 * (count - 1)` from the least. Of two values, which are known exactly, it is exact.
    package func percentile(_ percentile: Double) -> Double { self.percentiles([percentile])[0] }

    /// The middle value.
    package var median: Double { self.percentile(50) }

    /// Several percentiles in one pass, in the order asked for.
    package func percentiles(_ wanted: [Double]) -> [Double] {
        guard !self.isEmpty else { return wanted.map { _ in 0 } }
        let places = wanted.map { self.place(of: $0) }
        var open = places.flatMap { [$0.lower, $0.upper] }.sorted(by: >)
        var values: [UInt64: Double] = [:]
        var passed: UInt64 = 0
        self.forEachBucket { bucket, count in
            passed &+= count
            while let rank = open.last, rank <= passed {
                values[rank] = self.value(at: rank, in: bucket)
                open.removeLast()
            }
        }
        return places.map { place in
            let lower = values[place.lower] ?? self.max
            let upper = values[place.upper] ?? self.max
            return Swift.min(Swift.max(lower + (upper - lower) * place.fraction, self.min), self.max)
        }
    }

    /// Between which two values a percentile lies, both counted from 1, and how far from the lower one.
    private func place(of percentile: Double) -> (lower: UInt64, upper: UInt64, fraction: Double) {
        let share = Swift.min(Swift.max(percentile / 100, 0), 1)
        let position = share * Double(self.count - 1)
        let whole = position.rounded(.down)
        // A count near the end of its type is rounded up to more than that.
        guard whole < Double(self.count - 1) else { return (self.count, self.count, 0) }
        let lower = Swift.min(UInt64(whole) + 1, self.count - 1)
        return (lower, position > whole ? lower + 1 : lower, position - whole)
    }

    /// The curve of an HDR plot: `steps` points for every halving of the distance to 100 %, from 0 to the percentile
    /// that only the greatest value exceeds, then 100.
    package func curve(steps: Int = 5) -> [CurvePoint] {
        guard !self.isEmpty else { return [] }
        var wanted: [Double] = []
        var left = 100.0
        while wanted.isEmpty || left > 100 / Double(self.count) {
            wanted += (0..<steps).map { 100 - left + left / 2 * Double($0) / Double(steps) }
            left /= 2
        }
        wanted.append(100)
        return zip(wanted, self.percentiles(wanted)).map { percentile, value in
            CurvePoint(percentile: percentile, value: value, count: self.rank(of: percentile))
        }
    }

    /// How many values, counted from the least, a percentile takes in. The product is rounded where it is a whole
    /// number but for the error of the division, so that p(99.9) of 1000 is rank 999 and not 1000.
    private func rank(of percentile: Double) -> UInt64 {
        let exact = percentile / 100 * Double(self.count)
        let nearest = exact.rounded()
        let rank = abs(exact - nearest) < 1e-12 * exact ? nearest : exact.rounded(.up)
        return rank < Double(self.count) ? UInt64(Swift.max(rank, 1)) : self.count
    }

    /// The first and the last value are known exactly.
    private func value(at rank: UInt64, in bucket: Int) -> Double {
        if rank == self.count { return self.max }
        return rank == 1 ? self.min : Swift.min(Swift.max(HistogramScale.value(of: bucket), self.min), self.max)
    }
}
