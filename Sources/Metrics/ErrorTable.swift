/// How often which error occurred, by its text, with a limit on the texts.
public struct ErrorTable: Sendable, Equatable {
    public struct Key: Hashable, Sendable {
        /// What failed: `connect`, `iteration`, `handler`, `task`, `time`…
        public let kind: String
        /// The failed `time`'s name; else empty.
        public let name: String
        public let text: String

        /// - Parameter text: cut after 1000 bytes, so that a text with data in it does not fill memory.
        public init(kind: String, name: String = "", text: String) {
            (self.kind, self.name) = (kind, name)
            self.text = text.cut(toBytes: 1000)
        }

        /// By their bytes.
        public static func == (left: Self, right: Self) -> Bool {
            left.text.isExactly(right.text) && left.name.isExactly(right.name) && left.kind == right.kind
        }

        public func hash(into hasher: inout Hasher) {
            for text in [self.kind, self.name, self.text] { text.hashBytes(into: &hasher) }
        }
    }

    public struct Entry: Sendable, Equatable {
        public internal(set) var count: UInt64
        /// Seconds since 1970.
        public internal(set) var first: Double
        /// Seconds since 1970.
        public internal(set) var last: Double

        public init(count: UInt64, first: Double, last: Double) {
            (self.count, self.first, self.last) = (count, first, last)
        }
    }

    /// Distinct errors that are told apart; those after them are counted as `other`.
    public static let maximumTexts = 1000
    static let other = "other"
    public private(set) var entries: [Key: Entry] = [:]

    public init() {}

    public var isEmpty: Bool { self.entries.isEmpty }
    /// All occurrences.
    public var total: UInt64 { self.entries.values.reduce(into: 0) { $0.addUpToTheMost($1.count) } }

    /// The most frequent first; equally frequent ones in the order of their first occurrence.
    public var sorted: [(key: Key, entry: Entry)] {
        self.entries.map { (key: $0.key, entry: $0.value) }.sorted {
            ($1.entry.count, $0.entry.first, $0.key.text) < ($0.entry.count, $1.entry.first, $1.key.text)
        }
    }

    /// - Parameter time: seconds since 1970.
    public mutating func record(_ key: Key, at time: Double) {
        self.add(Entry(count: 1, first: time, last: time), for: key)
    }

    public mutating func merge(_ other: ErrorTable) {
        for (key, entry) in other.entries { self.add(entry, for: key) }
    }

    /// Adds occurrences.
    public mutating func add(_ entry: Entry, for key: Key) {
        let isKept = self.entries[key] != nil || self.entries.count < Self.maximumTexts
        let place = isKept ? key : Key(kind: Self.other, text: Self.other)
        guard var known = self.entries[place] else {
            self.entries[place] = entry
            return
        }
        known.count.addUpToTheMost(entry.count)
        known.first = Swift.min(known.first, entry.first)
        known.last = Swift.max(known.last, entry.last)
        self.entries[place] = known
    }
}
