import Synchronization

/// The metrics of a run and the limits of their tags: one for all loops, asked when a series begins and never for a
/// sample.
package final class MetricRegistry: Sendable {
    private struct State {
        var definitions: [MetricDefinition]
        var identifiers: [String: MetricID] = [:]
        var values: [ExactText: Set<ExactText>] = [:]
        var fullKeys: Set<ExactText> = []
        var warnings: [String] = []
        var hasWarnedOfTagSets = false
    }

    /// Metrics that scripts may make: a name with data in it would make one after the other.
    static let maximumCustomMetrics = 1000

    private let state: Mutex<State>
    let policy: TagPolicy
    /// The sub-metrics that somebody will ask for, by thresholds above all.
    package let selectors: [MetricSelector]

    /// - Parameter selectors: the sub-metrics whose tags are to be kept apart. Their metrics need not exist yet.
    package init(selectors: [MetricSelector] = []) {
        self.selectors = selectors
        self.policy = TagPolicy(selectors)
        var state = State(definitions: BuiltInMetric.allCases.map(\.definition))
        for (index, definition) in state.definitions.enumerated() {
            state.identifiers[definition.name] = MetricID(index: index)
        }
        self.state = Mutex(state)
    }

    /// The script's metric of this name, made if absent.
    ///
    /// - Throws: where the name breaks k6's rule (ASCII letters, digits and underscores, at most 128, no digit at the
    ///   beginning), or is that of a metric of another kind or content.
    package func declare(_ name: String, _ kind: MetricKind, isTime: Bool = false) throws(MetricError) -> MetricID {
        guard Self.isName(name) else {
            throw MetricError(
                "'\(name)' is not a valid name of a metric: it must be at most 128 ASCII letters, digits or "
                    + "underscores and must not start with a digit")
        }
        guard BuiltInMetric.aliases[name] == nil else { throw MetricError("metric '\(name)' is built in") }
        let contains = isTime ? MetricContent.time : .default
        let found = self.state.withLock { state -> (MetricID, MetricDefinition)? in
            if let metric = state.identifiers[name] { return (metric, state.definitions[metric.index]) }
            guard state.definitions.count < BuiltInMetric.allCases.count + Self.maximumCustomMetrics else { return nil }
            let definition = MetricDefinition(name: name, kind: kind, contains: contains, isCustom: true)
            let metric = MetricID(index: state.definitions.count)
            state.definitions.append(definition)
            state.identifiers[name] = metric
            return (metric, definition)
        }
        guard let (metric, known) = found else {
            throw MetricError(
                "metric '\(name)' is one too many: a script cannot have more than \(Self.maximumCustomMetrics) metrics")
        }
        guard known.isCustom else { throw MetricError("metric '\(name)' is built in") }
        guard known.kind == kind else {
            throw MetricError("metric '\(name)' already exists but with type \(known.kind), instead of \(kind)")
        }
        guard known.contains == contains else {
            throw MetricError(
                "metric '\(name)' already exists but with value type \(known.contains), instead of \(contains)")
        }
        return metric
    }

    /// The number of a metric; nil if no metric has this name.
    package func metric(named name: String) -> MetricID? {
        self.state.withLock { $0.identifiers[name] }
    }

    package func definition(of metric: MetricID) -> MetricDefinition {
        self.state.withLock { $0.definitions[metric.index] }
    }

    /// All metrics, in the order of their numbers.
    package var definitions: [MetricDefinition] { self.state.withLock { $0.definitions } }

    /// The definition of the metric that a selector means, or nil where there is no such metric.
    package func definition(of selector: MetricSelector) -> MetricDefinition? {
        self.metric(named: Self.resolve(selector).metric).map(self.definition(of:))
    }

    /// The names that a selector may use: all metrics and k6's names for parts of them, in the order of the names.
    package var names: [String] { (self.definitions.map(\.name) + BuiltInMetric.aliases.keys).sorted() }

    /// The meaning of a selector: k6's WebSocket names are parts of other metrics.
    package static func resolve(_ selector: MetricSelector) -> MetricSelector {
        guard let alias = BuiltInMetric.aliases[selector.metric] else { return selector }
        return MetricSelector(metric: alias.metric, tags: TagSet(alias.tags.tags + selector.tags.tags))
    }

    /// The warnings that have come up since the last call, each once in a run.
    package func takeWarnings() -> [String] {
        self.state.withLock { state in
            defer { state.warnings = [] }
            return state.warnings
        }
    }

    /// The value that series have for a tag: itself, cut after 1000 bytes, or `other` where the key has too many values
    /// already.
    package func keptValue(of key: String, _ value: String) -> String {
        let value = value.cut(toBytes: 1000)
        return self.admits(TagSet.Tag(key: key, value: value)) ? value : TagPolicy.otherValue
    }

    /// Warns once that a loop has more tag sets than it keeps apart.
    func warnOfTagSets(maximum: Int) {
        self.state.withLock { state in
            guard !state.hasWarnedOfTagSets else { return }
            state.hasWarnedOfTagSets = true
            state.warnings.append(
                "there are more than \(maximum) combinations of tags: check, event, group, name and namespace are "
                    + "'\(TagPolicy.otherValue)' in those that come now")
        }
    }

    /// Whether a series may have this tag. A key's values are counted over all loops, so that they agree.
    func admits(_ tag: TagSet.Tag) -> Bool {
        let (key, value) = (ExactText(tag.key), ExactText(tag.value))
        return self.state.withLock { state in
            let known = state.values[key, default: []]
            if known.contains(value) || self.policy.isNamed(tag) { return true }
            if tag.value == TagPolicy.otherValue { return true }
            guard known.count < TagPolicy.maximumValues else {
                if state.fullKeys.insert(key).inserted {
                    state.warnings.append(
                        "tag '\(tag.key)' has more than \(TagPolicy.maximumValues) values: "
                            + "the others are counted as '\(TagPolicy.otherValue)'")
                }
                return false
            }
            state.values[key, default: []].insert(value)
            return true
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, !first.isDigit else { return false }
        return name.utf8.count <= 128 && name.unicodeScalars.allSatisfy(\.isWordCharacter)
    }
}
