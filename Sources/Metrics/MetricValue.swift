/// The result of a metric, or of one of its series.
package enum MetricValue: Sendable, Equatable {
    case counter(Double)
    /// Nil until it is set.
    case gauge(GaugeValue?)
    case rate(passes: UInt64, total: UInt64)
    /// In recorded units: nanoseconds where the metric is a time.
    case trend(Histogram)

    package init(_ kind: MetricKind) {
        switch kind {
        case .counter: self = .counter(0)
        case .gauge: self = .gauge(nil)
        case .rate: self = .rate(passes: 0, total: 0)
        case .trend: self = .trend(Histogram())
        }
    }

    /// Whether nothing was recorded.
    package var isEmpty: Bool {
        switch self {
        case .counter(let sum): sum == 0
        case .gauge(let gauge): gauge == nil
        case .rate(_, let total): total == 0
        case .trend(let histogram): histogram.isEmpty
        }
    }

    /// Adds what another series of the same metric has; a value of another kind is a mistake of the caller.
    ///
    /// - Parameter isLevel: whether gauges add up.
    mutating func merge(_ other: MetricValue, isLevel: Bool) {
        switch (self, other) {
        case (.counter(let sum), .counter(let more)):
            self = .counter(sum + more)
        case (.gauge(nil), .gauge):
            self = other
        case (.gauge, .gauge(nil)):
            break
        case (.gauge(var gauge?), .gauge(let more?)):
            if isLevel { gauge.add(more) } else { gauge.merge(more) }
            self = .gauge(gauge)
        case (.rate(var passes, var total), .rate(let morePasses, let more)):
            passes.addUpToTheMost(morePasses)
            total.addUpToTheMost(more)
            self = .rate(passes: passes, total: total)
        case (.trend, .trend(let more)):
            self.mergeTrend(more)
        default:
            preconditionFailure("a metric has values of one kind")
        }
    }

    /// Takes the histogram out of `self` first, so that it is changed in place and not copied.
    mutating func mergeTrend(_ more: Histogram) {
        guard case .trend(var histogram) = self else { preconditionFailure("only trends have histograms") }
        self = .counter(0)
        histogram.merge(more)
        self = .trend(histogram)
    }

    /// - Parameters:
    ///   - seconds: how long the values were collected; for the rate of a counter.
    ///   - unit: recorded units in a shown one, `MetricDefinition.unit`.
    /// - Returns: the number in shown units; nil where nothing was recorded (a counter is 0 then) or the kind has no
    ///   such aggregation.
    package func value(of aggregation: Aggregation, seconds: Double, unit: Double) -> Double? {
        switch (self, aggregation) {
        case (.counter(let sum), .count): return sum
        case (.counter(let sum), .rate): return seconds > 0 ? sum / seconds : 0
        case (.gauge(let gauge), .value): return gauge?.value
        case (.gauge(let gauge), .minimum): return gauge?.min
        case (.gauge(let gauge), .maximum): return gauge?.max
        case (.rate(let passes, let total), .rate): return total > 0 ? Double(passes) / Double(total) : nil
        case (.rate(_, let total), .count): return Double(total)
        case (.trend(let histogram), .count): return Double(histogram.count)
        case (.trend(let histogram), _) where !histogram.isEmpty:
            return Self.statistic(aggregation, of: histogram).map { $0 / unit }
        default: return nil
        }
    }

    private static func statistic(_ aggregation: Aggregation, of histogram: Histogram) -> Double? {
        switch aggregation {
        case .average: histogram.mean
        case .minimum: histogram.min
        case .maximum: histogram.max
        case .median: histogram.median
        case .percentile(let percentile): histogram.percentile(percentile)
        case .count, .rate, .value: nil
        }
    }
}
