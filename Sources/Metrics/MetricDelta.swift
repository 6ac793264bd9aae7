/// The changes that a shard passes to the collector: the differences since the last time, by the shard's numbers of its
/// series.
package struct MetricDelta: Sendable {
    struct Series: Sendable {
        let metric: MetricID
        let definition: MetricDefinition
        let tags: TagSet
    }

    let shard: Int
    /// The series that began since the last delta; their numbers continue those before.
    let newSeries: [Series]
    let errors: ErrorTable
    var sums: [(series: Int, sum: Double)] = []
    var gauges: [(series: Int, gauge: GaugeValue)] = []
    var rates: [(series: Int, passes: UInt64, total: UInt64)] = []
    var trends: [(series: Int, histogram: Histogram)] = []

    init(shard: Int, newSeries: [Series], errors: ErrorTable) {
        (self.shard, self.newSeries, self.errors) = (shard, newSeries, errors)
    }
}
