/// Tags of a sample or a series: pairs of key and value, each key once, in the order of the keys' bytes.
package struct TagSet: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Tag: Hashable, Sendable {
        package let key: String
        package let value: String

        package init(key: String, value: String) { (self.key, self.value) = (key, value) }

        /// By their bytes.
        package static func == (left: Self, right: Self) -> Bool {
            left.value.isExactly(right.value) && left.key.isExactly(right.key)
        }

        package func hash(into hasher: inout Hasher) {
            self.key.hashBytes(into: &hasher)
            self.value.hashBytes(into: &hasher)
        }
    }

    package private(set) var tags: [Tag] = []

    package init() {}

    /// The last of equal keys wins.
    package init(_ tags: some Sequence<Tag>) {
        for tag in tags { self.set(tag.key, to: tag.value) }
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        for (key, value) in elements { self.set(key, to: value) }
    }

    package var isEmpty: Bool { self.tags.isEmpty }

    package subscript(key: String) -> String? { self.tags.first { $0.key.isExactly(key) }?.value }

    package mutating func set(_ key: String, to value: String) {
        let tag = Tag(key: key, value: value)
        let place = self.tags.firstIndex { $0.key.compareBytes(with: key) >= 0 } ?? self.tags.endIndex
        if place < self.tags.endIndex, self.tags[place].key.isExactly(key) {
            self.tags[place] = tag
        } else {
            self.tags.insert(tag, at: place)
        }
    }

    package func setting(_ key: String, to value: String) -> TagSet {
        var tags = self
        tags.set(key, to: value)
        return tags
    }

    /// Whether all tags of the other set are among these.
    package func contains(_ other: TagSet) -> Bool {
        other.tags.allSatisfy { wanted in self.tags.contains(wanted) }
    }
}
