/// Which tags of a sample tell series apart.
///
/// Every other tag is only written to the outputs: a tag with a value per user would make a series per user.
struct TagPolicy: Sendable {
    /// Tags that the program itself sets.
    static let systemKeys: Set<String> = [
        "check", "group", "kind", "name", "phase", "reason", "result", "scenario", "state", "transport",
    ]
    /// Distinct values that a key may have.
    static let maximumValues = 1000
    /// Stands for every value after these.
    static let otherValue = "other"

    /// Tags of sub-metrics that somebody asked for.
    private let named: Set<TagSet.Tag>

    init(_ selectors: some Sequence<MetricSelector>) {
        self.named = Set(selectors.flatMap(\.tags.tags))
    }

    func keeps(_ tag: TagSet.Tag) -> Bool { Self.systemKeys.contains(tag.key) || self.named.contains(tag) }

    /// A value that a threshold names is never replaced by `other`.
    func isNamed(_ tag: TagSet.Tag) -> Bool { self.named.contains(tag) }
}
