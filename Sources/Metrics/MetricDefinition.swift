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

/// The kind of a metric's values, which decides how they are written.
package enum MetricContent: String, Sendable {
    case `default`
    /// Milliseconds.
    case time
    /// Bytes.
    case data
}

/// A metric's number in its registry.
package struct MetricID: Hashable, Sendable {
    package let index: Int

    init(index: Int) { self.index = index }
    package init(_ metric: BuiltInMetric) { self.index = metric.rawValue }
}

package struct MetricDefinition: Sendable, Equatable {
    package let name: String
    package let kind: MetricKind
    package let contains: MetricContent
    /// A gauge whose value is the sum of what every loop and every process has, as a number of users; other gauges
    /// have the value that was set last.
    package let isLevel: Bool
    /// Made by a script.
    package let isCustom: Bool

    package init(
        name: String, kind: MetricKind, contains: MetricContent = .default, isLevel: Bool = false,
        isCustom: Bool = false
    ) {
        (self.name, self.kind, self.contains) = (name, kind, contains)
        (self.isLevel, self.isCustom) = (isLevel, isCustom)
    }

    /// Recorded units in one shown unit: times are recorded as whole nanoseconds, so that their sums are exact, and
    /// shown as milliseconds.
    package var unit: Double { self.kind == .trend && self.contains == .time ? 1e6 : 1 }
}

/// A metric that cannot be had, with the reason for the person who named it.
package struct MetricError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
