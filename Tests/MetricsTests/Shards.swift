import Metrics

/// A collector and its shards, as the loops of a run have them.
struct Shards {
    let registry: MetricRegistry
    let shards: [MetricShard]
    var collector = Collector()

    init(_ count: Int = 1, selectors: [MetricSelector] = []) {
        let registry = MetricRegistry(selectors: selectors)
        self.registry = registry
        self.shards = (0..<count).map { MetricShard(number: $0, registry: registry) }
    }

    subscript(_ shard: Int) -> MetricShard { self.shards[shard] }

    /// Collects, as the timer does once a second.
    mutating func collect(at time: Double? = nil) {
        for shard in self.shards { self.collector.merge(shard.takeDelta()) }
        if let time { self.collector.closeInterval(at: time) }
    }

    func value(
        _ metric: String, _ tags: TagSet, _ aggregation: Aggregation, seconds: Double = 1
    ) -> Double? {
        self.collector.value(MetricSelector(metric: metric, tags: tags), aggregation, seconds: seconds)
    }

    func value(_ metric: String, _ aggregation: Aggregation, seconds: Double = 1) -> Double? {
        self.value(metric, [:], aggregation, seconds: seconds)
    }
}
