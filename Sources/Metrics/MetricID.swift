/// A metric's number in its registry.
package struct MetricID: Hashable, Sendable {
    package let index: Int

    init(index: Int) { self.index = index }
    package init(_ metric: BuiltInMetric) { self.index = metric.rawValue }
}
