/// A histogram that one event loop writes to: the same buckets as `Histogram`, without its reference counts and checks.
///
/// Recording is a shift, two loads and an addition. The recorder owns raw memory: its owner calls `deallocate`.
struct HistogramRecorder {
    private static let pageSize = Histogram.pageSize

    private(set) var count: UInt64 = 0
    private var sum: Double = 0
    private var least = Double.infinity
    private var greatest = -Double.infinity
    private var firstPage = 0
    private var pages = 0
    private var directory: UnsafeMutablePointer<UInt16>?
    private var counts: UnsafeMutablePointer<UInt64>?
    private var usedPages = 0

    func deallocate() {
        self.directory?.deallocate()
        self.counts?.deallocate()
    }

    /// As `Histogram.record`.
    @inline(__always)
    mutating func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = HistogramScale.bucket(of: value)
        let page = (bucket &>> Histogram.pageShift) &- self.firstPage
        guard UInt(bitPattern: page) < UInt(bitPattern: self.pages),
            let place = self.directory?[page], place != Histogram.noPage
        else { return self.recordInNewPage(value, bucket: bucket) }
        self.counts.unsafelyUnwrapped[Int(place) &* Self.pageSize &+ (bucket & (Self.pageSize - 1))] &+= 1
        self.count &+= 1
        self.sum += value
        if value < self.least { self.least = value }
        if value > self.greatest { self.greatest = value }
    }

    /// Hands over what was recorded. The pages stay, so that the next second takes no memory; those without values are
    /// neither copied nor written.
    mutating func take() -> Histogram {
        let filled = (0..<self.usedPages).count { !Self.isEmpty(page: self.page($0)) }
        let taken = self.histogram(pages: filled) { !Self.isEmpty(page: $0) }
        for place in 0..<self.usedPages where filled == self.usedPages || !Self.isEmpty(page: self.page(place)) {
            self.page(place).update(repeating: 0, count: Self.pageSize)
        }
        (self.count, self.sum, self.least, self.greatest) = (0, 0, .infinity, -.infinity)
        return taken
    }

    /// The histogram of those pages, `count` of them, that `isWanted` picks.
    private func histogram(pages count: Int, where isWanted: (UnsafeMutablePointer<UInt64>) -> Bool) -> Histogram {
        var directory = Array(UnsafeBufferPointer(start: self.directory, count: self.pages))
        var copied = 0
        let counts = [UInt64](unsafeUninitializedCapacity: count * Self.pageSize) { memory, initialized in
            for index in directory.indices where directory[index] != Histogram.noPage {
                let page = self.page(Int(directory[index]))
                guard isWanted(page) else {
                    directory[index] = Histogram.noPage
                    continue
                }
                directory[index] = UInt16(copied)
                (memory.baseAddress! + copied * Self.pageSize).initialize(from: page, count: Self.pageSize)
                copied += 1
            }
            initialized = copied * Self.pageSize
        }
        return Histogram(
            count: self.count, sum: self.sum, least: self.least, greatest: self.greatest, firstPage: self.firstPage,
            directory: directory, counts: counts)
    }

    private func page(_ place: Int) -> UnsafeMutablePointer<UInt64> {
        self.counts.unsafelyUnwrapped + place * Self.pageSize
    }

    private static func isEmpty(page: UnsafeMutablePointer<UInt64>) -> Bool {
        var bits: UInt64 = 0
        for index in 0..<Self.pageSize { bits |= page[index] }
        return bits == 0
    }

    /// The histogram knows how to grow: let it, and copy what has become of it.
    @inline(never)
    private mutating func recordInNewPage(_ value: Double, bucket: Int) {
        var grown = self.histogram(pages: self.usedPages) { _ in true }
        grown.record(value)
        self.deallocate()
        (self.count, self.sum, self.least, self.greatest) = (grown.count, grown.sum, grown.min, grown.max)
        self.firstPage = grown.firstPage
        self.pages = grown.directory.count
        self.usedPages = grown.counts.count / Self.pageSize
        self.directory = Self.copy(grown.directory)
        self.counts = Self.copy(grown.counts)
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: elements.count)
        elements.withUnsafeBufferPointer { memory.initialize(from: $0.baseAddress!, count: $0.count) }
        return memory
    }
}
