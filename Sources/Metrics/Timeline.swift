/// The run over time: a point a second, and twice as long steps whenever there would be more than 12 000
/// points. A point takes 64 bytes for each trend, so that a run of three hours with 50 names keeps some 45 MB.
package struct Timeline: Sendable, Equatable {
    /// The distribution during one step, in the metric's shown unit (milliseconds for times).
    package struct Statistics: Sendable, Equatable {
        package var count: UInt64
        package var mean, min, max, p50, p95, p99: Double

        package init(
            count: UInt64, mean: Double, min: Double, max: Double, p50: Double, p95: Double, p99: Double
        ) {
            (self.count, self.mean, self.min, self.max) = (count, mean, min, max)
            (self.p50, self.p95, self.p99) = (p50, p95, p99)
        }

        package init(_ histogram: Histogram, unit: Double) {
            let percentiles = histogram.percentiles([50, 95, 99]).map { $0 / unit }
            self.init(
                count: histogram.count, mean: histogram.mean / unit, min: histogram.min / unit,
                max: histogram.max / unit, p50: percentiles[0], p95: percentiles[1], p99: percentiles[2])
        }

        /// Percentiles of two steps do not add up. Their mean, weighted by the counts, is between the two, which is
        /// near enough for a plot; the run's own percentiles come from its histograms.
        mutating func merge(_ other: Statistics) {
            let share = Double(other.count) / Swift.max(Double(self.count) + Double(other.count), 1)
            let weighted = { (mine: Double, others: Double) in mine + (others - mine) * share }
            self.mean = weighted(self.mean, other.mean)
            (self.min, self.max) = (Swift.min(self.min, other.min), Swift.max(self.max, other.max))
            self.p50 = weighted(self.p50, other.p50)
            self.p95 = weighted(self.p95, other.p95)
            self.p99 = weighted(self.p99, other.p99)
            self.count.addUpToTheMost(other.count)
        }
    }

    /// One step. The values stand in the order of the columns; a column that came later is missing at the end.
    package struct Point: Sendable, Equatable {
        /// The end of the step, seconds since the run's start.
        package var time: Double
        /// The step's length in seconds.
        package var seconds: Double
        package var levels: [Double]
        package var counters: [Double]
        /// Nil where the trend had no value during the step.
        package var trends: [Statistics?]

        package init(
            time: Double, seconds: Double, levels: [Double], counters: [Double], trends: [Statistics?]
        ) {
            (self.time, self.seconds, self.levels) = (time, seconds, levels)
            (self.counters, self.trends) = (counters, trends)
        }

        mutating func combine(_ other: Point, levels combine: (Double, Double) -> Double) {
            for (index, level) in other.levels.enumerated() {
                if index < self.levels.count {
                    self.levels[index] = combine(self.levels[index], level)
                } else {
                    self.levels.append(level)
                }
            }
            for (index, count) in other.counters.enumerated() {
                if index < self.counters.count {
                    self.counters[index] += count
                } else {
                    self.counters.append(count)
                }
            }
            for (index, statistics) in other.trends.enumerated() {
                guard index < self.trends.count else {
                    self.trends.append(statistics)
                    continue
                }
                guard let statistics else { continue }
                if self.trends[index] == nil {
                    self.trends[index] = statistics
                } else {
                    self.trends[index]!.merge(statistics)
                }
            }
        }

        /// The next step of the same run becomes part of this one; of a level the higher value stays, so that a peak
        /// does not vanish.
        mutating func append(_ next: Point) {
            self.combine(next, levels: Swift.max)
            self.time = next.time
            self.seconds += next.seconds
        }
    }

    package static let maximumPoints = 12_000
    /// Points of 30 years.
    package static let maximumIntervalsPerPoint = 1 << 30

    package internal(set) var columns: TimelineColumns
    package private(set) var points: [Point] = []
    package internal(set) var heatMaps: [HeatMap] = []
    /// How many of the collector's intervals make a point: a power of two.
    package private(set) var intervalsPerPoint: Int
    private var intervalsInLast: Int

    package init(
        columns: TimelineColumns, points: [Point] = [], intervalsPerPoint: Int = 1, heatMaps: [HeatMap] = []
    ) {
        (self.columns, self.points, self.heatMaps) = (columns, points, heatMaps)
        self.intervalsPerPoint = intervalsPerPoint
        self.intervalsInLast = intervalsPerPoint
    }

    package mutating func append(_ point: Point) {
        if self.intervalsInLast < self.intervalsPerPoint, !self.points.isEmpty {
            self.points[self.points.count - 1].append(point)
            self.intervalsInLast += 1
            return
        }
        if self.points.count == Self.maximumPoints { self.halve() }
        self.points.append(point)
        self.intervalsInLast = 1
    }

    /// Makes one point of every two neighbours, in their place: a long run does not need room for both forms.
    package mutating func halve() {
        let count = (self.points.count + 1) / 2
        for index in 0..<count {
            var point = self.points[index * 2]
            if index * 2 + 1 < self.points.count { point.append(self.points[index * 2 + 1]) }
            self.points[index] = point
        }
        self.points.removeLast(self.points.count - count)
        self.intervalsPerPoint = Swift.min(self.intervalsPerPoint * 2, Self.maximumIntervalsPerPoint)
        self.intervalsInLast = self.intervalsPerPoint
    }
}
