/// How often which values occurred, in memory that does not grow with their number.
///
/// Count, minimum, maximum and sum are exact; what lies between is right to 0.8 % for every magnitude from 1e-12 to
/// 1e19 and either sign, so that times need no chosen range and plain numbers may be negative or fractions. The unit is
/// the caller's. Adding two histograms gives the one that would have recorded both, bucket for bucket.
///
/// Memory is taken in pages of 16 buckets where values fall: none while empty, under 200 bytes for one value, some 10
/// KB for times spread over two powers of ten.
package struct Histogram: Sendable {
    static let pageShift = 4
    static let pageSize = 1 << pageShift
    static let noPage = UInt16.max

    /// Values recorded.
    package private(set) var count: UInt64 = 0
    /// Their sum: exact while the values are whole and the sum stays below 2^53.
    package private(set) var sum: Double = 0
    private var least = Double.infinity
    private var greatest = -Double.infinity

    /// The number of the first page that `directory` knows.
    private(set) var firstPage = 0
    /// For every page from `firstPage` its place among `counts`, in pages.
    private(set) var directory: [UInt16] = []
    private(set) var counts: [UInt64] = []

    package init() {}

    /// The content of a recorder.
    init(
        count: UInt64, sum: Double, least: Double, greatest: Double, firstPage: Int, directory: [UInt16],
        counts: [UInt64]
    ) {
        (self.count, self.sum, self.least, self.greatest) = (count, sum, least, greatest)
        (self.firstPage, self.directory, self.counts) = (firstPage, directory, counts)
    }

    package var isEmpty: Bool { self.count == 0 }
    /// The least value; 0 without values.
    package var min: Double { self.isEmpty ? 0 : self.least }
    /// The greatest value; 0 without values.
    package var max: Double { self.isEmpty ? 0 : self.greatest }
    /// The arithmetic mean; 0 where there is no value.
    package var mean: Double {
        self.isEmpty ? 0 : Swift.min(Swift.max(self.sum / Double(self.count), self.min), self.max)
    }

    /// Adds a value. NaN and infinity have no place on a scale and are left out.
    @inline(__always)
    package mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        self.count &+= 1
        self.sum += value
        if value < self.least { self.least = value }
        if value > self.greatest { self.greatest = value }
        let bucket = HistogramScale.bucket(of: value)
        let page = (bucket &>> Self.pageShift) &- self.firstPage
        if UInt(bitPattern: page) < UInt(bitPattern: self.directory.count), self.directory[page] != Self.noPage {
            self.counts[Int(self.directory[page]) &* Self.pageSize &+ (bucket & (Self.pageSize - 1))] &+= 1
        } else {
            self.add(1, toBucket: bucket)
        }
    }

    /// Adds all that the other one recorded.
    package mutating func merge(_ other: Histogram) {
        guard !other.isEmpty else { return }
        if self.isEmpty {
            self = other
            return
        }
        self.count.addUpToTheMost(other.count)
        self.sum += other.sum
        self.least = Swift.min(self.least, other.least)
        self.greatest = Swift.max(self.greatest, other.greatest)
        for (offset, place) in other.directory.enumerated() where place != Self.noPage {
            let start = self.makePage(other.firstPage + offset)
            let others = Int(place) * Self.pageSize
            for index in 0..<Self.pageSize { self.counts[start + index].addUpToTheMost(other.counts[others + index]) }
        }
    }

    /// Calls `body` with number and count of each bucket that has values, in the order of the values.
    @inline(__always)
    func forEachBucket(_ body: (_ bucket: Int, _ count: UInt64) -> Void) {
        for (offset, place) in self.directory.enumerated() where place != Self.noPage {
            let start = Int(place) * Self.pageSize
            for index in 0..<Self.pageSize where self.counts[start + index] != 0 {
                body((self.firstPage + offset) << Self.pageShift + index, self.counts[start + index])
            }
        }
    }

    @inline(never)
    private mutating func add(_ count: UInt64, toBucket bucket: Int) {
        let start = self.makePage(bucket >> Self.pageShift)
        self.counts[start + bucket & (Self.pageSize - 1)] &+= count
    }

    /// The beginning of the counts of a page, which is made if absent.
    private mutating func makePage(_ page: Int) -> Int {
        self.extendDirectory(to: page)
        if self.directory[page - self.firstPage] == Self.noPage {
            self.directory[page - self.firstPage] = UInt16(self.counts.count / Self.pageSize)
            self.counts.append(contentsOf: repeatElement(0, count: Self.pageSize))
        }
        return Int(self.directory[page - self.firstPage]) * Self.pageSize
    }

    private mutating func extendDirectory(to page: Int) {
        if self.directory.isEmpty { self.firstPage = page }
        if page < self.firstPage {
            self.directory.insert(contentsOf: repeatElement(Self.noPage, count: self.firstPage - page), at: 0)
            self.firstPage = page
        }
        let missing = page - self.firstPage - self.directory.count + 1
        if missing > 0 { self.directory.append(contentsOf: repeatElement(Self.noPage, count: missing)) }
    }
}

extension Histogram {
    /// The buckets as numbers: bucket, count, bucket, count…, in the order of the values.
    package var buckets: [Int] {
        var pairs: [Int] = []
        self.forEachBucket { pairs += [$0, Int(clamping: $1)] }
        return pairs
    }

    /// The histogram whose `buckets`, `sum`, `min` and `max` these are, or nil where they are of no histogram.
    package init?(buckets: [Int], sum: Double, min: Double, max: Double) {
        self.init()
        guard buckets.count % 2 == 0, sum.isFinite else { return nil }
        for index in stride(from: 0, to: buckets.count, by: 2) {
            let (bucket, count) = (buckets[index], buckets[index + 1])
            guard bucket.magnitude <= UInt(HistogramScale.lastBucket), count > 0 else { return nil }
            self.add(UInt64(count), toBucket: bucket)
            let (total, overflow) = self.count.addingReportingOverflow(UInt64(count))
            guard !overflow else { return nil }
            self.count = total
        }
        guard !self.isEmpty else { return }
        guard min.isFinite, max.isFinite, min <= max else { return nil }
        (self.sum, self.least, self.greatest) = (sum, min, max)
    }
}

extension Histogram: Equatable {
    /// Equal where the same buckets have the same counts: pages that are still empty do not matter.
    package static func == (left: Histogram, right: Histogram) -> Bool {
        left.count == right.count && left.sum == right.sum && left.min == right.min && left.max == right.max
            && left.buckets == right.buckets
    }
}
