/// How often which error occurred, by its text, with a limit on the texts.
package struct ErrorTable: Sendable, Equatable {
    package struct Key: Hashable, Sendable {
        /// The part that failed: `connect`, `iteration`, `handler`, `task`, `time`…
        package let kind: String
        /// The failed `time`'s name; else empty.
        package let name: String
        package let text: String

        /// - Parameter text: cut after 1000 bytes, so that a text with data in it does not fill memory.
        package init(kind: String, name: String = "", text: String) {
            (self.kind, self.name) = (kind, name)
            self.text = text.cut(toBytes: 1000)
        }

        /// By their bytes.
        package static func == (left: Self, right: Self) -> Bool {
            left.text.isExactly(right.text) && left.name.isExactly(right.name) && left.kind == right.kind
        }

        package func hash(into hasher: inout Hasher) {
            for text in [self.kind, self.name, self.text] { text.hashBytes(into: &hasher) }
        }
    }

    package struct Entry: Sendable, Equatable {
        package internal(set) var count: UInt64
        /// Seconds since 1970.
        package internal(set) var first: Double
        /// Seconds since 1970.
        package internal(set) var last: Double

        package init(count: UInt64, first: Double, last: Double) {
            (self.count, self.first, self.last) = (count, first, last)
        }
    }

    /// Distinct errors that are told apart; those after them are counted as `other`.
    package static let maximumTexts = 1000
    static let other = "other"
    package private(set) var entries: [Key: Entry] = [:]

    package init() {}

    package var isEmpty: Bool { self.entries.isEmpty }
    /// All occurrences.
    package var total: UInt64 { self.entries.values.reduce(into: 0) { $0.addUpToTheMost($1.count) } }

    /// The most frequent first; equally frequent ones in the order of their first occurrence.
    package var sorted: [(key: Key, entry: Entry)] {
        self.entries.map { (key: $0.key, entry: $0.value) }.sorted {
            ($1.entry.count, $0.entry.first, $0.key.text) < ($0.entry.count, $1.entry.first, $1.key.text)
        }
    }

    /// - Parameter time: seconds since 1970.
    package mutating func record(_ key: Key, at time: Double) {
        self.add(Entry(count: 1, first: time, last: time), for: key)
    }

    package mutating func merge(_ other: ErrorTable) {
        for (key, entry) in other.entries { self.add(entry, for: key) }
    }

    /// Adds occurrences.
    package mutating func add(_ entry: Entry, for key: Key) {
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
