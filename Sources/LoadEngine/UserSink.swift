import LoadPlan
import Metrics
import ProcessSupport
import Scripting

/// Records the values of one scenario's scripts on one loop, as samples in the loop's shard.
final class UserSink: LoadTestSink {
    private enum Handle {
        case counter(CounterHandle)
        case gauge(GaugeHandle)
        case rate(RateHandle)
        case trend(TrendHandle, isTime: Bool)

        /// - Parameter value: as scripts write it: of a time in seconds, of a rate 0 or 1.
        func record(_ value: Double) {
            switch self {
            case .counter(let counter): counter.add(value)
            case .gauge(let gauge): gauge.set(value, at: WallClock.now())
            case .rate(let rate): rate.add(value != 0)
            case .trend(let trend, _): trend.record(self.shown(value))
            }
        }

        /// In the metric's shown unit.
        func shown(_ value: Double) -> Double {
            switch self {
            case .counter, .gauge: value
            case .rate: value != 0 ? 1 : 0
            case .trend(_, let isTime): isTime ? value * 1000 : value
            }
        }
    }

    private struct Recorder {
        let handle: Handle
        let metric: MetricID
        /// As the log has them.
        let tags: TagSet
        let log: SampleLog?

        /// - Parameter value: as scripts write it.
        func record(_ value: Double) {
            self.handle.record(value)
            self.log?.record(self.handle.shown(value), of: self.metric, self.tags)
        }
    }

    private struct Series: Hashable {
        let metric: MetricID
        /// Of the check or the time, or 0.
        let name: UInt32
        let group: UInt32
    }

    /// The number of series that are found without comparing their tags; the others are slower.
    private static let maximumRecorders = 10_000

    private let shard: MetricShard
    private let registry: MetricRegistry
    private let base: TagSet
    private let meter: ScenarioMeter
    private let log: SampleLog?
    private let onAbort: (String) -> Void
    /// The interned names; the name with number `n` is at index `n - 1`.
    private var names: [String] = []
    private var numbers: [ExactText: UInt32] = [:]
    private var metrics: [MetricID] = []
    private var metricNumbers: [MetricID: Int32] = [:]
    /// The recorders of the series without tags from the script.
    private var recorders: [Series: Recorder] = [:]

    /// - Parameters:
    ///   - tags: of every sample.
    ///   - log: where samples go besides the shard.
    ///   - onAbort: a script called `abort`; not to be answered at once.
    init(
        shard: MetricShard, registry: MetricRegistry, tags: TagSet, meter: ScenarioMeter, log: SampleLog?,
        onAbort: @escaping (String) -> Void
    ) {
        self.shard = shard
        self.registry = registry
        self.base = tags
        self.meter = meter
        self.log = log
        self.onAbort = onAbort
    }

    func intern(_ kind: LoadTestName, _ text: String) -> UInt32 {
        if let number = self.numbers[ExactText(text)] { return number }
        // A name past the limit is not remembered: a name with data in it would fill the memory.
        let kept = ExactText(self.registry.keptValue(of: kind.tag, text))
        if let number = self.numbers[kept] { return number }
        self.names.append(kept.text)
        let number = UInt32(self.names.count)
        self.numbers[kept] = number
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
        self.metrics.append(id)
        self.metricNumbers[id] = number
        return number
    }

    func add(_ metric: UInt32, _ value: Double, _ tags: LoadTestTags) {
        self.recorder(self.metrics[Int(metric)], tags).record(value)
    }

    func checkEnded(_ check: UInt32, passed: Bool, _ tags: LoadTestTags) {
        self.recorder(MetricID(.checks), named: ("check", check), tags).record(passed ? 1 : 0)
    }

    func groupEnded(after seconds: Double, _ tags: LoadTestTags) {
        self.recorder(MetricID(.groupDuration), tags).record(seconds)
    }

    func timeEnded(_ name: UInt32, after seconds: Double, error: String?, _ tags: LoadTestTags) {
        self.recorder(MetricID(.time), named: ("name", name), tags).record(seconds)
        if let error { self.meter.recordError("time", error, name: self.name(name)) }
    }

    func paceEnded(service: Double, response: Double, _ tags: LoadTestTags) {
        self.recorder(MetricID(.paceService), tags).record(service)
        self.recorder(MetricID(.paceResponse), tags).record(response)
    }

    func abortTest(_ message: String) { self.onAbort(message) }

    private func name(_ number: UInt32) -> String { self.names[Int(number) - 1] }

    /// - Parameter named: the tag that a check or a time has by its name.
    private func recorder(
        _ metric: MetricID, named: (key: String, number: UInt32)? = nil, _ tags: LoadTestTags
    ) -> Recorder {
        let series = Series(metric: metric, name: named?.number ?? 0, group: tags.group)
        if tags.pairs.isEmpty, let known = self.recorders[series] { return known }
        var set = self.base
        if tags.group != 0 { set.set("group", to: self.name(tags.group)) }
        for (key, value) in tags.pairs { set.set(key, to: value) }
        if let named { set.set(named.key, to: self.name(named.number)) }
        let handle = self.makeHandle(metric, self.shard.tags(set))
        let recorder = Recorder(handle: handle, metric: metric, tags: set, log: self.log)
        if tags.pairs.isEmpty, self.recorders.count < Self.maximumRecorders { self.recorders[series] = recorder }
        return recorder
    }

    private func makeHandle(_ metric: MetricID, _ tags: MetricShard.TagSetID) -> Handle {
        let definition = self.registry.definition(of: metric)
        switch definition.kind {
        case .counter: return .counter(self.shard.counter(metric, tags))
        case .gauge: return .gauge(self.shard.gauge(metric, tags))
        case .rate: return .rate(self.shard.rate(metric, tags))
        case .trend: return .trend(self.shard.trend(metric, tags), isTime: definition.contains == .time)
        }
    }
}

extension LoadTestName {
    /// The tag that has the name.
    fileprivate var tag: String {
        switch self {
        case .group: "group"
        case .check: "check"
        case .time: "name"
        }
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
