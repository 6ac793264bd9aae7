import Metrics

/// Two runs over time, step by step since the start of each.
struct CommonTimeline {
    /// A metric that both runs have.
    struct Line {
        enum Kind { case percentile95, perSecond, level }

        let selector: MetricSelector
        let kind: Kind
        /// One value for each time; nil where the run has none.
        let before: [Double?]
        let after: [Double?]
    }

    /// Ends of the steps, seconds since the start.
    let times: [Double]
    let intervalsPerPoint: Int
    private let runs: [Run]

    /// The last moment of a run does not have a rate, because its interval may be a thousandth of the others.
    private static let shortestInterval = 0.5

    private struct Run {
        let columns: TimelineColumns
        /// By the number of the step.
        let points: [Int: Timeline.Point]
    }

    init(_ before: Timeline, _ after: Timeline) {
        let step = Swift.max(before.intervalsPerPoint, after.intervalsPerPoint)
        self.intervalsPerPoint = step
        self.runs = [before, after].map { timeline in
            var timeline = timeline
            while timeline.intervalsPerPoint < step { timeline.halve() }
            var points: [Int: Timeline.Point] = [:]
            for point in timeline.points where point.seconds >= Self.shortestInterval {
                points[Int((point.time / Double(step)).rounded())] = point
            }
            return Run(columns: timeline.columns, points: points)
        }
        self.steps = Set(self.runs.flatMap(\.points.keys)).sorted()
        self.times = self.steps.map { Double($0 * step) }
    }

    private let steps: [Int]

    /// Users, what came per second, and the times.
    var lines: [Line] {
        self.lines(\.levels, .level) { point, column in
            column < point.levels.count ? point.levels[column] : 0
        }
            + self.lines(\.counters, .perSecond) { point, column in
                column < point.counters.count ? point.counters[column] / point.seconds : 0
            }
            + self.lines(\.trends, .percentile95) { point, column in
                column < point.trends.count ? point.trends[column]?.p95 : nil
            }
    }

    private func lines(
        _ columns: KeyPath<TimelineColumns, [MetricSelector]>, _ kind: Line.Kind,
        value: (Timeline.Point, Int) -> Double?
    ) -> [Line] {
        self.runs[0].columns[keyPath: columns].enumerated().compactMap { column, selector in
            guard let other = self.runs[1].columns[keyPath: columns].firstIndex(of: selector) else { return nil }
            let values = zip(self.runs, [column, other]).map { run, column in
                self.steps.map { step in run.points[step].flatMap { value($0, column) } }
            }
            return Line(selector: selector, kind: kind, before: values[0], after: values[1])
        }
    }
}
