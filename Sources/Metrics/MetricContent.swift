/// The kind of a metric's values, which decides how they are written.
package enum MetricContent: String, Sendable {
    case `default`
    /// Milliseconds.
    case time
    /// Bytes.
    case data
}
