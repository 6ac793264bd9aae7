import JSONText

/// Makes one line with a count of equal reports of many clients: the first is written at once, and equal ones within a
/// second are only counted. It has no clock and writes nothing.
package struct RepeatFilter {
    private struct Entry {
        /// The first line, without the number of the client.
        let line: Substring
        var count = 0
        let end: UInt64
    }

    /// Nanoseconds in which repeats are counted.
    package static let window: UInt64 = 1_000_000_000
    /// How many different texts are remembered, and how long each may be.
    private static let capacity = 64
    private static let longest = 4096

    private var entries: [String: Entry] = [:]

    package init() {}

    /// Whether something was counted that ``due(at:)`` or ``flush()`` has to write.
    package var isCounting: Bool { self.entries.values.contains { $0.count > 0 } }

    /// The lines to write when `text` is reported, without their line breaks.
    ///
    /// - Parameter now: of a clock in nanoseconds that only goes forward.
    package mutating func report(_ text: String, at now: UInt64) -> [String] {
        guard text.utf8.count <= Self.longest else { return [text] }
        let key = Self.withoutNumbers(text)
        if let entry = self.entries[key], now < entry.end {
            self.entries[key]?.count += 1
            return []
        }
        var lines = self.due(at: now)
        if self.entries.count == Self.capacity, let oldest = self.entries.min(by: { $0.value.end < $1.value.end }) {
            self.entries[oldest.key] = nil
            lines += Self.summary(oldest.value)
        }
        self.entries[key] = Entry(line: key.prefix { $0 != "\n" }, end: now + Self.window)
        return lines + [text]
    }

    /// Forgets what is older than the window; the counts are to be written.
    package mutating func due(at now: UInt64) -> [String] {
        let over = self.entries.filter { $0.value.end <= now }
        for key in over.keys { self.entries[key] = nil }
        return over.values.sorted { ($0.end, $0.line) < ($1.end, $1.line) }.flatMap(Self.summary)
    }

    /// All counts, whatever their time.
    package mutating func flush() -> [String] { self.due(at: .max) }

    private static func summary(_ entry: Entry) -> [String] {
        entry.count == 0 ? [] : ["\(entry.line) (\(entry.count) more \(entry.count == 1 ? "time" : "times"))"]
    }

    /// `client 17` becomes `client …`: another client that reports the same thing.
    private static func withoutNumbers(_ text: String) -> String {
        let name = "client "
        var rest = text[...]
        var result = ""
        while let found = rest.utf8.firstOccurrence(of: name.utf8) {
            result += rest[..<found.upperBound]
            rest = rest[found.upperBound...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else { continue }
            result += "…"
            rest = rest[digits.endIndex...]
        }
        return result + rest
    }
}
