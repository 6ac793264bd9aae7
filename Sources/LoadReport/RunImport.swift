import JSONText
import LoadPlan
import Metrics

/// An export that cannot be read, and why.
package struct ExportError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension RunResult {
    /// Reads what `export` wrote.
    ///
    /// - Throws: where the bytes are no such export, or of a later form.
    package init(export bytes: [UInt8]) throws(ExportError) {
        guard let json = JSON(parsing: bytes) else { throw ExportError("the file is not JSON") }
        guard let own = json["eio_lua"] else {
            throw ExportError("the file is not an export of eio-lua load: it has no member 'eio_lua'")
        }
        guard own["format"] == .integer(Self.exportFormat) else {
            throw ExportError("the file is of another version of eio-lua: its form is not \(Self.exportFormat)")
        }
        guard let run = own["run"].flatMap(RunDescription.init(json:)) else {
            throw ExportError("the description of the run cannot be read")
        }
        guard let timeline = own["timeline"].flatMap(Timeline.init(json:)) else {
            throw ExportError("the timeline cannot be read")
        }
        var errors = ErrorTable()
        for json in own["errors"]?.array ?? [] {
            guard let (key, entry) = Self.error(json) else { throw ExportError("the errors cannot be read") }
            errors.add(entry, for: key)
        }
        self.init(run: run, metrics: try Self.metrics(own["series"]), timeline: timeline, errors: errors)
    }

    private static func metrics(_ json: JSON?) throws(ExportError) -> MetricSet {
        var metrics = MetricSet()
        for json in json?.array ?? [] {
            guard let definition = MetricDefinition(json: json), metrics[definition.name] == nil,
                let total = json["total"].flatMap({ MetricValue(definition.kind, json: $0) })
            else { throw ExportError("the metric \(json["metric"]?.text() ?? "") cannot be read") }
            var series: [MetricSet.Series] = []
            for json in json["series"]?.array ?? [] {
                guard let tags = json["tags"].flatMap(TagSet.init(json:)),
                    let value = json["value"].flatMap({ MetricValue(definition.kind, json: $0) })
                else { throw ExportError("a series of the metric '\(definition.name)' cannot be read") }
                series.append(MetricSet.Series(tags: tags, value: value))
            }
            metrics.append(definition, total: total, series: series)
        }
        return metrics
    }

    private static func error(_ json: JSON) -> (ErrorTable.Key, ErrorTable.Entry)? {
        guard let kind = json["kind"]?.string, let name = json["name"]?.string, let text = json["text"]?.string,
            let count = json["count"]?.integer, (0...JSON.maximumCount).contains(count),
            let first = json["first"]?.double, let last = json["last"]?.double
        else { return nil }
        return (
            ErrorTable.Key(kind: kind, name: name, text: text),
            ErrorTable.Entry(count: UInt64(count), first: first, last: last)
        )
    }
}

extension JSON {
    /// Times are seconds since 1970 or since the start: later ones are of no run.
    fileprivate static let maximumTime = 1e12
    /// More than a run can count, and less than what the counts of thousands of files add up to without an overflow.
    fileprivate static let maximumCount = 1 << 50
}

extension RunDescription {
    fileprivate init?(json: JSON) {
        guard let name = json["name"]?.string, let script = json["script"]?.string,
            let commandLine = json["command_line"]?.string, let version = json["version"]?.string,
            let start = json["start"]?.double, let seconds = json["seconds"]?.double,
            let seed = json["seed"]?.string.flatMap({ UInt64($0) }), let processes = json["processes"]?.integer,
            let scenarios = json["scenarios"]?.array?.map(Scenario.init(json:)),
            let thresholds = json["thresholds"]?.array?.map(Threshold.init(json:)),
            let exitReason = json["exit_reason"]?.string, let exitCode = json["exit_code"]?.integer,
            !scenarios.contains(nil), !thresholds.contains(nil), abs(start) < JSON.maximumTime,
            abs(seconds) < JSON.maximumTime, (1...Int(Int32.max)).contains(processes), (0...255).contains(exitCode)
        else { return nil }
        self.init(
            name: name, script: script, commandLine: commandLine, version: version, start: start, seconds: seconds,
            seed: seed, scenarios: scenarios.compactMap(\.self), thresholds: thresholds.compactMap(\.self),
            exitReason: exitReason, exitCode: exitCode)
        self.processes = processes
        // Exports of former versions do not have it.
        self.server = json["server"]?.string ?? ""
    }
}

extension RunDescription.Scenario {
    fileprivate init?(json: JSON) {
        guard let name = json["name"]?.string, let executor = json["executor"]?.string,
            let plan = json["plan"]?.string
        else { return nil }
        let ends = json["stage_ends"]?.array?.map(\.double) ?? []
        guard !ends.contains(nil) else { return nil }
        self.init(name: name, executor: executor, plan: plan, stageEnds: ends.compactMap(\.self))
    }
}

extension RunDescription.Threshold {
    fileprivate init?(json: JSON) {
        guard let selector = MetricSelector(json: json), let text = json["expression"]?.string,
            let expression = try? ThresholdExpression(parsing: text), let passed = json["passed"]?.bool
        else { return nil }
        self.init(
            selector: selector, expression: expression, value: json["value"]?.double, passed: passed,
            kind: json["type"]?.string.flatMap(MetricKind.init(rawValue:)))
    }
}

extension TagSet {
    fileprivate init?(json: JSON) {
        guard let members = json.members else { return nil }
        self.init()
        for member in members {
            guard let value = member.value.string else { return nil }
            self.set(member.key, to: value)
        }
    }
}

extension MetricSelector {
    fileprivate init?(json: JSON) {
        guard let metric = json["metric"]?.string, let tags = json["tags"].flatMap(TagSet.init(json:)) else {
            return nil
        }
        self.init(metric: metric, tags: tags)
    }
}

extension MetricDefinition {
    fileprivate init?(json: JSON) {
        guard let name = json["metric"]?.string, let kind = json["type"]?.string.flatMap(MetricKind.init(rawValue:)),
            let contains = json["contains"]?.string.flatMap(MetricContent.init(rawValue:)),
            let isLevel = json["level"]?.bool, let isCustom = json["custom"]?.bool
        else { return nil }
        self.init(name: name, kind: kind, contains: contains, isLevel: isLevel, isCustom: isCustom)
    }
}

extension MetricValue {
    fileprivate init?(_ kind: MetricKind, json: JSON) {
        switch kind {
        case .counter:
            guard let sum = json["sum"]?.double else { return nil }
            self = .counter(sum)
        case .gauge:
            if json.members?.isEmpty == true {
                self = .gauge(nil)
                return
            }
            guard let value = json["value"]?.double, let min = json["min"]?.double, let max = json["max"]?.double,
                let time = json["time"]?.double
            else { return nil }
            self = .gauge(GaugeValue(value: value, min: min, max: max, time: time))
        case .rate:
            guard let passes = json["passes"]?.integer, let total = json["total"]?.integer, passes >= 0,
                total >= passes, total <= JSON.maximumCount
            else { return nil }
            self = .rate(passes: UInt64(passes), total: UInt64(total))
        case .trend:
            guard let sum = json["sum"]?.double, let min = json["min"]?.double, let max = json["max"]?.double,
                let buckets = json["buckets"]?.array?.map(\.integer), !buckets.contains(nil),
                let histogram = Histogram(buckets: buckets.compactMap(\.self), sum: sum, min: min, max: max),
                histogram.count <= JSON.maximumCount
            else { return nil }
            self = .trend(histogram)
        }
    }
}

extension Timeline {
    fileprivate init?(json: JSON) {
        let selectors = { (key: String) in json[key]?.array?.compactMap(MetricSelector.init(json:)) }
        guard let levels = selectors("levels"), let counters = selectors("counters"), let trends = selectors("trends"),
            let intervals = json["intervals_per_point"]?.integer, intervals > 0, intervals & (intervals - 1) == 0,
            intervals <= Self.maximumIntervalsPerPoint,
            [levels, counters, trends].allSatisfy({ $0.count <= TimelineColumns.maximumColumns }),
            let points = json["points"]?.array?.map(Point.init(json:)), !points.contains(where: { $0 == nil }),
            points.count <= Self.maximumPoints
        else { return nil }
        // Exports of former versions have none.
        let heatMaps = (json["heat_maps"]?.array ?? []).map { json in
            MetricSelector(json: json).flatMap { HeatMap(selector: $0, json: json) }
        }
        guard heatMaps.count <= TimelineColumns.maximumHeatMaps, !heatMaps.contains(where: { $0 == nil }) else {
            return nil
        }
        self.init(
            columns: TimelineColumns(levels: levels, counters: counters, trends: trends),
            points: points.compactMap(\.self), intervalsPerPoint: intervals, heatMaps: heatMaps.compactMap(\.self))
    }
}

extension Timeline.Point {
    fileprivate init?(json: JSON) {
        guard let time = json["time"]?.double, let seconds = json["seconds"]?.double,
            let levels = json["levels"]?.array?.map(\.double), !levels.contains(nil),
            let counters = json["counters"]?.array?.map(\.double), !counters.contains(nil),
            let trends = json["trends"]?.array, abs(time) < JSON.maximumTime
        else { return nil }
        var statistics: [Timeline.Statistics?] = []
        for trend in trends {
            if trend == .null {
                statistics.append(nil)
                continue
            }
            guard let numbers = trend.array?.compactMap(\.double), numbers.count == 7,
                let count = UInt64(exactly: numbers[0]), count <= JSON.maximumCount
            else { return nil }
            statistics.append(
                Timeline.Statistics(
                    count: count, mean: numbers[1], min: numbers[2], max: numbers[3], p50: numbers[4],
                    p95: numbers[5], p99: numbers[6]))
        }
        self.init(
            time: time, seconds: seconds, levels: levels.compactMap(\.self), counters: counters.compactMap(\.self),
            trends: statistics)
    }
}
