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
