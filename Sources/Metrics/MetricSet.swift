/// The values of all metrics and of their series; those of several processes can be added.
package struct MetricSet: Sendable, Equatable {
    package struct Series: Sendable, Equatable {
        package let tags: TagSet
        package internal(set) var value: MetricValue

        package init(tags: TagSet, value: MetricValue) { (self.tags, self.value) = (tags, value) }
    }

    package struct Record: Sendable, Equatable {
        package let definition: MetricDefinition
        /// Over all series.
        package internal(set) var total: MetricValue
        /// One for every set of tags that occurred.
        package internal(set) var series: [Series] = []
        fileprivate var places: [TagSet: Int] = [:]

        fileprivate init(_ definition: MetricDefinition) {
            self.definition = definition
            self.total = MetricValue(definition.kind)
        }

        /// As the value's, in the metric's shown unit.
        package func value(of aggregation: Aggregation, in value: MetricValue, seconds: Double) -> Double? {
            value.value(of: aggregation, seconds: seconds, unit: self.definition.unit)
        }
    }

    /// In the order in which the metrics came up.
    package internal(set) var records: [Record] = []
    private var places: [String: Int] = [:]

    package init() {}

    package subscript(name: String) -> Record? { self.places[name].map { self.records[$0] } }
    package subscript(metric: BuiltInMetric) -> Record? { self[metric.definition.name] }
    /// The whole metric of which the selector names a part.
    package subscript(selector: MetricSelector) -> Record? { self[MetricRegistry.resolve(selector).metric] }

    /// The sum of the series that the selector names; nil if it names none.
    ///
    /// Phases of a connect do not add up to one distribution: where no phase is named, that of the whole connect stands
    /// for the metric.
    package func value(of selector: MetricSelector) -> MetricValue? {
        let selector = MetricRegistry.resolve(selector)
        guard let record = self[selector.metric] else { return nil }
        if record.definition.name == BuiltInMetric.connect.definition.name,
            selector.tags["phase"] == nil,
            let whole = Self.value(of: selector.tags.setting("phase", to: "total"), in: record)
        {
            return whole
        }
        return Self.value(of: selector.tags, in: record)
    }

    private static func value(of tags: TagSet, in record: Record) -> MetricValue? {
        if tags.isEmpty { return record.total }
        let parts = record.series.filter { $0.tags.contains(tags) }
        guard var value = parts.first?.value else { return nil }
        for part in parts.dropFirst() { value.merge(part.value, isLevel: record.definition.isLevel) }
        return value
    }

    /// A number that a threshold compares, in the metric's shown unit (milliseconds for times).
    ///
    /// - Parameters:
    ///   - seconds: how long the values were collected; for the rate of a counter.
    ///   - kind: the metric's, for one of a script's that may not have come up.
    /// - Returns: nil where nothing was recorded, but 0 for a counter.
    package func value(
        _ selector: MetricSelector, _ aggregation: Aggregation, seconds: Double, kind: MetricKind? = nil
    ) -> Double? {
        guard let value = self.value(of: selector), let record = self[selector] else {
            let name = MetricRegistry.resolve(selector).metric
            let kind = self[name]?.definition.kind ?? BuiltInMetric.named(name)?.definition.kind ?? kind
            return kind == .counter || aggregation == .count ? 0 : nil
        }
        return record.value(of: aggregation, in: value, seconds: seconds)
    }

    /// The record of a metric, made if absent.
    mutating func place(of definition: MetricDefinition) -> Int {
        if let place = self.places[definition.name] { return place }
        self.places[definition.name] = self.records.count
        self.records.append(Record(definition))
        return self.records.count - 1
    }

    /// The series with these tags of the record at `place`, made if absent.
    mutating func place(of tags: TagSet, in place: Int) -> Int {
        if let series = self.records[place].places[tags] { return series }
        let series = self.records[place].series.count
        self.records[place].places[tags] = series
        self.records[place].series.append(
            Series(tags: tags, value: MetricValue(self.records[place].definition.kind)))
        return series
    }

    /// Takes in a metric as it was kept elsewhere; a metric of this name must not be there yet.
    package mutating func append(_ definition: MetricDefinition, total: MetricValue, series: [Series]) {
        let place = self.place(of: definition)
        self.records[place].total = total
        for part in series {
            let own = self.place(of: part.tags, in: place)
            self.records[place].series[own].value = part.value
        }
    }

    /// Adds what another process measured.
    ///
    /// - Throws: where a metric of one name is of two kinds.
    package mutating func merge(_ other: MetricSet) throws(MetricError) {
        for record in other.records {
            if let mine = self[record.definition.name], mine.definition != record.definition {
                throw MetricError("metric '\(record.definition.name)' is not of the same kind everywhere")
            }
            let place = self.place(of: record.definition)
            self.records[place].total.merge(record.total, isLevel: record.definition.isLevel)
            for series in record.series {
                let own = self.place(of: series.tags, in: place)
                self.records[place].series[own].value.merge(series.value, isLevel: record.definition.isLevel)
            }
        }
    }

    package static func == (left: MetricSet, right: MetricSet) -> Bool { left.records == right.records }
}
