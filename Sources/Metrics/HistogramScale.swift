/// Where a value belongs in a `Histogram`, and what a bucket stands for.
///
/// A power of two is cut into 128 buckets of equal width. Exponent and leading bits of a `Double` are the bucket's
/// number as they stand in memory, so that finding it takes a shift and no logarithm; negative values mirror the
/// positive ones, and bucket 0 is zero. A bucket is at most 1/128 of its values wide, whatever their unit.
enum HistogramScale {
    private static let leadingBits = 7
    private static let shift = UInt64(Double.significandBitCount - leadingBits)
    private static let subBuckets = 1 << leadingBits
    /// Smaller magnitudes than 2^-40, about 1e-12, count as zero.
    private static let lowestExponent = -40
    /// Magnitudes of 2^64 and more share the last bucket; `Histogram.max` has them exactly.
    private static let endExponent = 64
    private static let bias = 1023
    private static let origin = (bias + lowestExponent) * subBuckets - 1
    static let lastBucket = (endExponent - lowestExponent) * subBuckets

    /// The bucket of a finite value: in the order of the values, 0 for zero.
    @inline(__always)
    static func bucket(of value: Double) -> Int {
        let leading = Int(truncatingIfNeeded: value.magnitude.bitPattern &>> Self.shift) &- Self.origin
        let magnitude = Swift.min(Swift.max(leading, 0), Self.lastBucket)
        return value < 0 ? 0 &- magnitude : magnitude
    }

    /// The value that stands for a bucket, at most 0.8 % from any value in it.
    ///
    /// It is the middle, except where a bucket begins with a whole number and holds no other: this number is likelier
    /// than what is beside it, so that small counts are shown as they were.
    static func value(of bucket: Int) -> Double {
        guard bucket != 0 else { return 0 }
        let lower = Self.lowerBound(of: bucket.magnitude)
        let width = Self.lowerBound(of: bucket.magnitude + 1) - lower
        let value = width <= 1 && lower == lower.rounded() ? lower : lower + width / 2
        return bucket < 0 ? -value : value
    }

    private static func lowerBound(of magnitude: UInt) -> Double {
        Double(bitPattern: UInt64(Int(magnitude) + Self.origin) << Self.shift)
    }
}
