/// Adds up what the shards of all loops measured: totals since the start, and the run over time.
///
/// Once a second: every loop's `takeDelta()`, on that loop; each delta to `merge`; then `closeInterval`. The collector
/// is a value and belongs to the owner of that timer.
package struct Collector: Sendable {
    /// Where a shard's series is.
    private struct Place {
        let record: Int
        let series: Int
        let isLevel: Bool
        /// Columns of the timeline that it counts in.
        let counters: [Int]
        let trends: [Int]
    }

    package private(set) var metrics = MetricSet()
    package private(set) var timeline: Timeline
    package private(set) var errors = ErrorTable()

    /// For every shard the places of its series, by the shard's numbers.
    private var places: [[Place]] = []
    private var intervalCounters: [Double]
    private var intervalTrends: [Histogram]
    private var customTrends = 0
    private var names = 0
    private var lastClose: Double = 0

    package init(columns: TimelineColumns = .standard) {
        self.timeline = Timeline(columns: columns)
        self.intervalCounters = Array(repeating: 0, count: columns.counters.count)
        self.intervalTrends = Array(repeating: Histogram(), count: columns.trends.count)
    }

    package mutating func merge(_ delta: MetricDelta) {
        while self.places.count <= delta.shard { self.places.append([]) }
        for series in delta.newSeries {
            let place = self.place(of: series)
            self.places[delta.shard].append(place)
        }
        for (series, sum) in delta.sums { self.add(sum, at: self.places[delta.shard][series]) }
        for (series, gauge) in delta.gauges { self.add(.gauge(gauge), at: self.places[delta.shard][series]) }
        for (series, passes, total) in delta.rates {
            self.add(.rate(passes: passes, total: total), at: self.places[delta.shard][series])
        }
        for (series, histogram) in delta.trends {
            let place = self.places[delta.shard][series]
            self.metrics.records[place.record].series[place.series].value.mergeTrend(histogram)
            self.metrics.records[place.record].total.mergeTrend(histogram)
            for column in place.trends { self.intervalTrends[column].merge(histogram) }
        }
        self.errors.merge(delta.errors)
    }

    /// Ends a step of the timeline; the extremes of levels are those at the ends of steps.
    ///
    /// - Parameter time: seconds since the start.
    package mutating func closeInterval(at time: Double) {
        self.settleLevels()
        let columns = self.timeline.columns
        let levels = columns.levels.map { self.metrics.value($0, .value, seconds: 0) ?? 0 }
        let trends = zip(columns.trends, self.intervalTrends).map { column, histogram in
            histogram.isEmpty
                ? nil : Timeline.Statistics(histogram, unit: self.metrics[column.metric]?.definition.unit ?? 1)
        }
        self.timeline.append(
            Timeline.Point(
                time: time, seconds: time - self.lastClose, levels: levels, counters: self.intervalCounters,
                trends: trends))
        self.addHeat(at: time)
        for column in self.intervalCounters.indices { self.intervalCounters[column] = 0 }
        for column in self.intervalTrends.indices { self.intervalTrends[column] = Histogram() }
        self.lastClose = time
    }

    /// A heat map begins with the first value, but from the start of the run.
    private mutating func addHeat(at time: Double) {
        for (column, histogram) in zip(self.timeline.columns.trends, self.intervalTrends)
        where TimelineColumns.heatMaps.contains(column) {
            if let place = self.timeline.heatMaps.firstIndex(where: { $0.selector == column }) {
                self.timeline.heatMaps[place].append(histogram, at: time)
            } else if !histogram.isEmpty {
                var map = HeatMap(selector: column)
                for point in self.timeline.points.dropLast() { map.append(Histogram(), at: point.time) }
                map.append(histogram, at: time)
                self.timeline.heatMaps.append(map)
            }
        }
    }

    /// A number that a threshold compares, in the metric's shown unit (milliseconds for times).
    ///
    /// - Parameter seconds: since the start; for the rate of a counter.
    /// - Returns: nil where nothing was recorded, but 0 for a counter.
    package func value(_ selector: MetricSelector, _ aggregation: Aggregation, seconds: Double) -> Double? {
        self.metrics.value(selector, aggregation, seconds: seconds)
    }

    private mutating func place(of series: MetricDelta.Series) -> Place {
        let definition = series.definition
        let record = self.metrics.place(of: definition)
        self.followTrend(definition)
        self.followName(definition, series.tags)
        let counts = { (column: MetricSelector) in
            let column = MetricRegistry.resolve(column)
            return column.metric == definition.name && series.tags.contains(column.tags)
        }
        let columns = self.timeline.columns
        return Place(
            record: record, series: self.metrics.place(of: series.tags, in: record), isLevel: definition.isLevel,
            counters: columns.counters.indices.filter { counts(columns.counters[$0]) },
            trends: columns.trends.indices.filter { counts(columns.trends[$0]) })
    }

    private mutating func followTrend(_ definition: MetricDefinition) {
        let selector = MetricSelector(metric: definition.name)
        guard definition.kind == .trend, !self.timeline.columns.trends.contains(selector) else { return }
        if definition.isCustom {
            guard self.customTrends < TimelineColumns.maximumCustomTrends else { return }
            self.customTrends += 1
        } else {
            guard TimelineColumns.optional.contains(definition.name) else { return }
        }
        self.timeline.columns.trends.append(selector)
        self.intervalTrends.append(Histogram())
    }

    /// Each name of an action, and each event that wants an ack.
    private mutating func followName(_ definition: MetricDefinition, _ tags: TagSet) {
        guard let key = TimelineColumns.nameTags[definition.name], let name = tags[key],
            self.names < TimelineColumns.maximumNames
        else { return }
        let selector = MetricSelector(metric: definition.name, tags: TagSet().setting(key, to: name))
        guard !self.timeline.columns.trends.contains(selector) else { return }
        self.names += 1
        self.timeline.columns.trends.append(selector)
        self.intervalTrends.append(Histogram())
    }

    private mutating func add(_ value: MetricValue, at place: Place) {
        self.metrics.records[place.record].series[place.series].value.merge(value, isLevel: false)
        self.metrics.records[place.record].total.merge(value, isLevel: false)
    }

    /// A counter's sum, or the change of a level.
    private mutating func add(_ sum: Double, at place: Place) {
        guard place.isLevel else {
            self.add(.counter(sum), at: place)
            for column in place.counters { self.intervalCounters[column] += sum }
            return
        }
        self.metrics.records[place.record].series[place.series].value.changeLevel(by: sum)
        self.metrics.records[place.record].total.changeLevel(by: sum)
    }

    private mutating func settleLevels() {
        for record in self.metrics.records.indices where self.metrics.records[record].definition.isLevel {
            self.metrics.records[record].total.settleLevel()
            for series in self.metrics.records[record].series.indices {
                self.metrics.records[record].series[series].value.settleLevel()
            }
        }
    }
}

extension MetricValue {
    /// The loops' changes of one second come one after another: what the level is in between says nothing, so that the
    /// extremes wait for `settleLevel`.
    fileprivate mutating func changeLevel(by change: Double) {
        var level = GaugeValue(value: 0, min: .infinity, max: -.infinity, time: 0)
        if case .gauge(let known?) = self { level = known }
        level.value += change
        self = .gauge(level)
    }

    fileprivate mutating func settleLevel() {
        guard case .gauge(var level?) = self else { return }
        level.min = Swift.min(level.min, level.value)
        level.max = Swift.max(level.max, level.value)
        self = .gauge(level)
    }
}
