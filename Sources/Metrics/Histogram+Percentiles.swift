extension Histogram {
    /// A point of the distribution's curve.
    public struct CurvePoint: Sendable, Equatable {
        /// From 0 to 100.
        public let percentile: Double
        /// At most this in `percentile` of a hundred cases.
        public let value: Double
        /// Values up to this one.
        public let count: UInt64

        public init(percentile: Double, value: Double, count: UInt64) {
            (self.percentile, self.value, self.count) = (percentile, value, count)
        }
    }

    /// The value that `percentile` of a hundred values do not exceed (nearest rank): right to 0.8 %, never outside of
    /// `min...max`, exactly `min` for 0 and `max` for 100; 0 where there is no value.
    public func percentile(_ percentile: Double) -> Double { self.percentiles([percentile])[0] }

    /// The middle value.
    public var median: Double { self.percentile(50) }

    /// Several percentiles in one pass, in the order asked for.
    public func percentiles(_ wanted: [Double]) -> [Double] {
        var values = wanted.map { $0 <= 0 ? self.min : self.max }
        var open = wanted.indices.filter { wanted[$0] > 0 && wanted[$0] < 100 }.sorted { wanted[$0] > wanted[$1] }
        var passed: UInt64 = 0
        self.forEachBucket { bucket, count in
            passed &+= count
            while let index = open.last, self.rank(of: wanted[index]) <= passed {
                values[index] = self.value(at: self.rank(of: wanted[index]), in: bucket)
                open.removeLast()
            }
        }
        return values
    }

    /// The curve of an HDR plot: `steps` points for every halving of the distance to 100 %, from 0 to the percentile
    /// that only the greatest value exceeds, then 100.
    public func curve(steps: Int = 5) -> [CurvePoint] {
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
