extension Histogram {
    /// The values that were recorded after `earlier`, a former state of this histogram.
    ///
    /// Count and sum are exact; minimum and maximum are so where they are new ones, and else right to a bucket.
    package func since(_ earlier: Histogram) -> Histogram {
        if earlier.isEmpty { return self }
        var known: [Int: Int] = [:]
        let before = earlier.buckets
        for index in stride(from: 0, to: before.count, by: 2) { known[before[index]] = before[index + 1] }
        var rest: [Int] = []
        let now = self.buckets
        for index in stride(from: 0, to: now.count, by: 2) {
            let count = now[index + 1] - known[now[index], default: 0]
            if count > 0 { rest += [now[index], count] }
        }
        guard let first = rest.first else { return Histogram() }
        let least = Swift.max(HistogramScale.value(of: first), self.min)
        let greatest = Swift.min(HistogramScale.value(of: rest[rest.count - 2]), self.max)
        return Histogram(
            buckets: rest, sum: self.sum - earlier.sum, min: self.min < earlier.min ? self.min : least,
            max: self.max > earlier.max ? self.max : greatest) ?? Histogram()
    }

    /// Every value that stands for a bucket, with its count, in the order of the values.
    package var distribution: [(value: Double, count: UInt64)] {
        var values: [(value: Double, count: UInt64)] = []
        self.forEachBucket { bucket, count in
            values.append((Swift.min(Swift.max(HistogramScale.value(of: bucket), self.min), self.max), count))
        }
        return values
    }
}
