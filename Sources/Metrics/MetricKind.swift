/// The ways to combine the values of a metric: k6's four classes.
package enum MetricKind: String, Sendable, CaseIterable {
    /// Adds up.
    case counter
    /// Keeps the last value, the least and the greatest.
    case gauge
    /// Counts how often something was true.
    case rate
    /// Keeps the distribution.
    case trend
}
