/// The measurements of one event loop since the last call of ``takeDelta()``.
///
/// A shard is used on its loop only and has no lock: a sample is an addition in memory that nobody else touches. The
/// collector asks for the difference once a second (`takeDelta`).
///
/// Series are found by metric and tags once, when a user or a connection begins; samples go to the handle.
package final class MetricShard {
    private struct Key: Hashable {
        let metric: MetricID
        let tags: TagSetID
    }

    /// A tag set's number in its shard.
    package struct TagSetID: Hashable, Sendable {
        let index: Int
    }

    /// The shard's number among those of its collector.
    package let number: Int
    private let registry: MetricRegistry

    private var tagSets: [TagSet] = []
    private var tagSetIDs: [TagSet: TagSetID] = [:]
    private var admitted: Set<TagSet.Tag> = []

    private var seriesCount = 0
    private var newSeries: [MetricDelta.Series] = []
    /// Levels since the last delta that are 0 before their first change.
    private var newLevels: [Int] = []
    private var counterHandles: [Key: CounterHandle] = [:]
    private var levelHandles: [Key: LevelHandle] = [:]
    private var gaugeHandles: [Key: GaugeHandle] = [:]
    private var rateHandles: [Key: RateHandle] = [:]
    private var trendHandles: [Key: TrendHandle] = [:]

    private let sums = CellStore<Double>()
    private let gauges = CellStore<GaugeValue?>()
    private let rates = CellStore<RateCell>()
    private let trends = CellStore<HistogramRecorder>(release: { $0.deallocate() })
    private var errors = ErrorTable()

    /// - Parameter number: from 0, another one for each shard of a collector.
    package init(number: Int, registry: MetricRegistry) {
        (self.number, self.registry) = (number, registry)
    }

    /// The number of the tags that tell series apart: tags that neither the program nor a threshold knows are left out,
    /// and the values of a key after its first 1000 become `other`.
    package func tags(_ tags: TagSet) -> TagSetID {
        if let known = self.tagSetIDs[tags] { return known }
        var kept = TagSet(tags.tags.filter(self.registry.policy.keeps).map(self.admit))
        if self.tagSets.count >= TagPolicy.maximumTagSets, self.tagSetIDs[kept] == nil {
            self.registry.warnOfTagSets(maximum: TagPolicy.maximumTagSets)
            kept = self.registry.policy.withoutNames(kept)
        }
        if let known = self.tagSetIDs[kept] { return known }
        let made = TagSetID(index: self.tagSets.count)
        self.tagSets.append(kept)
        self.tagSetIDs[kept] = made
        return made
    }

    /// The tags with one more.
    package func tags(_ base: TagSetID, adding key: String, _ value: String) -> TagSetID {
        self.tags(self.tagSets[base.index].setting(key, to: value))
    }

    private func admit(_ tag: TagSet.Tag) -> TagSet.Tag {
        if self.admitted.contains(tag) { return tag }
        guard self.registry.admits(tag) else { return TagSet.Tag(key: tag.key, value: TagPolicy.otherValue) }
        self.admitted.insert(tag)
        return tag
    }

    package func counter(_ metric: MetricID, _ tags: TagSetID) -> CounterHandle {
        self.handle(Key(metric: metric, tags: tags), .counter, \.counterHandles) { series, _ in
            CounterHandle(cell: self.sums.make(0, series: series))
        }
    }

    /// - Parameter startsAtZero: whether the level is 0 before it first changes in a delta, and not without a value.
    package func level(_ metric: MetricID, _ tags: TagSetID, startsAtZero: Bool = false) -> LevelHandle {
        self.handle(Key(metric: metric, tags: tags), .gauge, \.levelHandles) { series, definition in
            precondition(definition.isLevel, "\(definition.name) is not a level")
            if startsAtZero { self.newLevels.append(series) }
            return LevelHandle(cell: self.sums.make(0, series: series))
        }
    }

    package func gauge(_ metric: MetricID, _ tags: TagSetID) -> GaugeHandle {
        self.handle(Key(metric: metric, tags: tags), .gauge, \.gaugeHandles) { series, definition in
            precondition(!definition.isLevel, "\(definition.name) is a level")
            return GaugeHandle(cell: self.gauges.make(nil, series: series))
        }
    }

    package func rate(_ metric: MetricID, _ tags: TagSetID) -> RateHandle {
        self.handle(Key(metric: metric, tags: tags), .rate, \.rateHandles) { series, _ in
            RateHandle(cell: self.rates.make(RateCell(), series: series))
        }
    }

    package func trend(_ metric: MetricID, _ tags: TagSetID) -> TrendHandle {
        self.handle(Key(metric: metric, tags: tags), .trend, \.trendHandles) { series, definition in
            TrendHandle(cell: self.trends.make(HistogramRecorder(), series: series), unit: definition.unit)
        }
    }

    /// Counts an error under its text, for the table of errors; `eio_errors` is a counter of its own.
    ///
    /// - Parameter time: seconds since 1970.
    package func recordError(_ error: ErrorTable.Key, at time: Double) { self.errors.record(error, at: time) }

    /// The changes since the last call. It costs as much as there are series with values.
    package func takeDelta() -> MetricDelta {
        var delta = MetricDelta(shard: self.number, newSeries: self.newSeries, errors: self.errors)
        self.newSeries = []
        self.errors = ErrorTable()
        delta.sums = self.newLevels.map { ($0, 0) }
        self.newLevels = []
        self.sums.forEach { series, cell in
            guard cell.pointee != 0 else { return }
            delta.sums.append((series, cell.pointee))
            cell.pointee = 0
        }
        self.gauges.forEach { series, cell in
            guard let gauge = cell.pointee else { return }
            delta.gauges.append((series, gauge))
            cell.pointee = nil
        }
        self.rates.forEach { series, cell in
            guard cell.pointee.total != 0 else { return }
            delta.rates.append((series, cell.pointee.passes, cell.pointee.total))
            cell.pointee = RateCell()
        }
        self.trends.forEach { series, cell in
            guard cell.pointee.count != 0 else { return }
            delta.trends.append((series, cell.pointee.take()))
        }
        return delta
    }

    private func handle<Handle>(
        _ key: Key, _ kind: MetricKind, _ handles: ReferenceWritableKeyPath<MetricShard, [Key: Handle]>,
        make: (_ series: Int, _ definition: MetricDefinition) -> Handle
    ) -> Handle {
        if let known = self[keyPath: handles][key] { return known }
        let definition = self.registry.definition(of: key.metric)
        precondition(definition.kind == kind, "\(definition.name) is a \(definition.kind)")
        let made = make(self.seriesCount, definition)
        self[keyPath: handles][key] = made
        self.newSeries.append(
            MetricDelta.Series(metric: key.metric, definition: definition, tags: self.tagSets[key.tags.index]))
        self.seriesCount += 1
        return made
    }
}

@available(*, unavailable) extension MetricShard: Sendable {}
