/// Which tags of a sample tell series apart.
///
/// Every other tag is only written to the outputs: a tag with a value per user would make a series per user.
package struct TagPolicy: Sendable {
    /// Tags that the program itself sets.
    static let systemKeys: Set<String> = [
        "check", "event", "group", "kind", "name", "namespace", "phase", "reason", "result", "scenario", "state",
        "transport",
    ]
    /// Distinct values that a key may have.
    static let maximumValues = 1000
    /// Stands for every value after these.
    package static let otherValue = "other"

    /// Tag sets that one loop keeps apart: names of checks, groups and times multiply.
    static let maximumTagSets = 10_000
    /// The keys whose values a script or a server chooses.
    private static let chosenKeys: Set<String> = ["check", "event", "group", "name", "namespace"]

    /// Tags of sub-metrics that somebody asked for.
    private let named: Set<TagSet.Tag>

    init(_ selectors: some Sequence<MetricSelector>) {
        self.named = Set(selectors.flatMap(\.tags.tags))
    }

    /// The tags with `other` for what the script chose, but for what a threshold names.
    func withoutNames(_ tags: TagSet) -> TagSet {
        TagSet(
            tags.tags.map { tag in
                guard Self.chosenKeys.contains(tag.key), !self.isNamed(tag) else { return tag }
                return TagSet.Tag(key: tag.key, value: Self.otherValue)
            })
    }

    func keeps(_ tag: TagSet.Tag) -> Bool { Self.systemKeys.contains(tag.key) || self.named.contains(tag) }

    /// A value that a threshold names is never replaced by `other`.
    func isNamed(_ tag: TagSet.Tag) -> Bool { self.named.contains(tag) }
}
