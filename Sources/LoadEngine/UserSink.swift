import LoadPlan
import Metrics
import Scripting

/// What the scripts of one scenario record on one loop, as samples in the loop's shard.
final class UserSink: LoadTestSink {
    private enum Handle {
        case counter(CounterHandle)
        case gauge(GaugeHandle)
        case rate(RateHandle)
        case trend(TrendHandle, isTime: Bool)
    }

    private struct Series: Hashable {
        let metric: UInt32
        let group: UInt32
    }

    private let shard: MetricShard
    private let registry: MetricRegistry
    private let base: TagSet
    private let meter: ScenarioMeter
    private let onAbort: (String) -> Void
    /// What was interned, by its number less one.
    private var names: [String] = []
    private var numbers: [String: UInt32] = [:]
    private var metrics: [(id: MetricID, definition: MetricDefinition)] = []
    private var metricNumbers: [MetricID: Int32] = [:]
    private var handles: [Series: Handle] = [:]
    private var checks: [Series: RateHandle] = [:]

    /// - Parameters:
    ///   - tags: of every sample.
    ///   - onAbort: a script called `abort`; not to be answered at once.
    init(
        shard: MetricShard, registry: MetricRegistry, tags: TagSet, meter: ScenarioMeter,
        onAbort: @escaping (String) -> Void
    ) {
        self.shard = shard
        self.registry = registry
        self.base = tags
        self.meter = meter
        self.onAbort = onAbort
    }

    func intern(_ kind: LoadTestName, _ text: String) -> UInt32 {
        if let number = self.numbers[text] { return number }
        self.names.append(text)
        let number = UInt32(self.names.count)
        self.numbers[text] = number
        return number
    }

    func createMetric(_ kind: LoadTestMetric, _ name: String, isTime: Bool) throws(LoadTestError) -> Int32 {
        let id: MetricID
        do {
            id = try self.registry.declare(DeclaredMetric(name: name, kind: kind, isTime: isTime))
        } catch {
            throw LoadTestError("\(error)")
        }
        if let number = self.metricNumbers[id] { return number }
        let number = Int32(self.metrics.count)
        self.metrics.append((id, self.registry.definition(of: id)))
        self.metricNumbers[id] = number
        return number
    }

    func add(_ metric: UInt32, _ value: Double, _ tags: LoadTestTags) {
        let series = Series(metric: metric, group: tags.group)
        let handle: Handle
        if tags.pairs.isEmpty, let known = self.handles[series] {
            handle = known
        } else {
            handle = self.makeHandle(metric, tags)
            if tags.pairs.isEmpty { self.handles[series] = handle }
        }
        switch handle {
        case .counter(let counter): counter.add(value)
        case .gauge(let gauge): gauge.set(value, at: WallClock.now())
        case .rate(let rate): rate.add(value != 0)
        // Scripts write seconds; what is shown is milliseconds.
        case .trend(let trend, let isTime): trend.record(isTime ? value * 1000 : value)
        }
    }

    private func makeHandle(_ metric: UInt32, _ tags: LoadTestTags) -> Handle {
        let (id, definition) = self.metrics[Int(metric)]
        let tags = self.tagSet(tags)
        switch definition.kind {
        case .counter: return .counter(self.shard.counter(id, tags))
        case .gauge: return .gauge(self.shard.gauge(id, tags))
        case .rate: return .rate(self.shard.rate(id, tags))
        case .trend: return .trend(self.shard.trend(id, tags), isTime: definition.contains == .time)
        }
    }

    func checkEnded(_ check: UInt32, passed: Bool, _ tags: LoadTestTags) {
        let series = Series(metric: check, group: tags.group)
        if tags.pairs.isEmpty, let known = self.checks[series] { return known.add(passed) }
        let rate = self.shard.rate(MetricID(.checks), self.tagSet(tags, adding: ("check", self.name(check))))
        if tags.pairs.isEmpty { self.checks[series] = rate }
        rate.add(passed)
    }

    func groupEnded(after seconds: Double, _ tags: LoadTestTags) {
        self.shard.trend(MetricID(.groupDuration), self.tagSet(tags)).record(seconds * 1000)
    }

    func timeEnded(_ name: UInt32, after seconds: Double, error: String?, _ tags: LoadTestTags) {
        let text = self.name(name)
        self.shard.trend(MetricID(.time), self.tagSet(tags, adding: ("name", text))).record(seconds * 1000)
        if let error { self.meter.recordError("time", error, name: text) }
    }

    func paceEnded(service: Double, response: Double, _ tags: LoadTestTags) {
        let set = self.tagSet(tags)
        self.shard.trend(MetricID(.paceService), set).record(service * 1000)
        self.shard.trend(MetricID(.paceResponse), set).record(response * 1000)
    }

    func abortTest(_ message: String) { self.onAbort(message) }

    private func name(_ number: UInt32) -> String { self.names[Int(number) - 1] }

    private func tagSet(
        _ tags: LoadTestTags, adding extra: (key: String, value: String)? = nil
    ) -> MetricShard.TagSetID {
        var set = self.base
        if tags.group != 0 { set.set("group", to: self.name(tags.group)) }
        for (key, value) in tags.pairs { set.set(key, to: value) }
        if let extra { set.set(extra.key, to: extra.value) }
        return self.shard.tags(set)
    }
}

extension MetricRegistry {
    /// Makes a script's metric, or finds it.
    @discardableResult
    package func declare(_ metric: DeclaredMetric) throws(MetricError) -> MetricID {
        let kind: MetricKind =
            switch metric.kind {
            case .counter: .counter
            case .gauge: .gauge
            case .rate: .rate
            case .trend: .trend
            }
        return try self.declare(metric.name, kind, isTime: metric.isTime)
    }
}
