import Metrics

/// A run that has ended, or what several processes made of one.
package struct RunResult: Sendable, Equatable {
    /// k6's exit status for failed thresholds.
    static let thresholdsFailed = 99
    /// The end of the server's name if processes had more than one.
    private static let others = " and others"

    package var run: RunDescription
    package var metrics: MetricSet
    package var timeline: Timeline
    package var errors: ErrorTable

    package init(run: RunDescription, metrics: MetricSet, timeline: Timeline, errors: ErrorTable) {
        (self.run, self.metrics, self.timeline, self.errors) = (run, metrics, timeline, errors)
    }

    /// - Parameter collector: with its last interval closed.
    package init(run: RunDescription, collector: Collector) {
        self.init(run: run, metrics: collector.metrics, timeline: collector.timeline, errors: collector.errors)
    }

    /// Adds what another process measured in the same run: every histogram and counter exactly, thresholds again over
    /// the sums, the time from the first start to the last end.
    ///
    /// - Throws: where the two have metrics of one name and two kinds.
    package mutating func merge(_ other: RunResult) throws(MetricError) {
        try self.metrics.merge(other.metrics)
        let offset = other.run.start - self.run.start
        let end = Swift.max(self.run.start + self.run.seconds, other.run.start + other.run.seconds)
        var timeline = offset < 0 ? other.timeline : self.timeline
        timeline.merge(offset < 0 ? self.timeline : other.timeline, offset: abs(offset))
        self.timeline = timeline
        self.errors.merge(other.errors)
        self.run.start = Swift.min(self.run.start, other.run.start)
        self.run.seconds = end - self.run.start
        self.mergeScenarios(other.run.scenarios, offset: offset)
        self.mergeDescription(other.run)
    }

    /// Workers get a master's orders at slightly different times: their stages are those of one scenario.
    ///
    /// - Parameter offset: how many seconds after this run the other one started; may be negative.
    private mutating func mergeScenarios(_ others: [RunDescription.Scenario], offset: Double) {
        for index in self.run.scenarios.indices { self.run.scenarios[index].delay(by: Swift.max(-offset, 0)) }
        for var scenario in others
        where !self.run.scenarios.contains(where: {
            $0.name == scenario.name && $0.executor == scenario.executor && $0.plan == scenario.plan
        }) {
            scenario.delay(by: Swift.max(offset, 0))
            self.run.scenarios.append(scenario)
        }
    }

    private mutating func mergeDescription(_ other: RunDescription) {
        self.run.processes = Swift.min(self.run.processes + other.processes, Int(Int32.max))
        if self.run.server.isEmpty {
            self.run.server = other.server
        } else if !other.server.isEmpty, other.server != self.run.server, !self.run.server.hasSuffix(Self.others) {
            self.run.server += Self.others
        }
        for threshold in other.thresholds
        where !self.run.thresholds.contains(where: {
            $0.selector == threshold.selector && $0.expression == threshold.expression
        }) {
            self.run.thresholds.append(threshold)
        }
        for index in self.run.thresholds.indices {
            self.run.thresholds[index].evaluate(self.metrics, seconds: self.run.seconds)
        }
        self.mergeExit(other)
    }

    /// A failure of one process, other than a verdict over its figures, is the run's; verdicts are those over the sums.
    private mutating func mergeExit(_ other: RunDescription) {
        let isFailure = { (code: Int) in code != 0 && code != Self.thresholdsFailed }
        if isFailure(self.run.exitCode) { return }
        if isFailure(other.exitCode) {
            (self.run.exitCode, self.run.exitReason) = (other.exitCode, other.exitReason)
        } else if let verdict {
            (self.run.exitCode, self.run.exitReason) = verdict
        } else if self.run.exitCode == Self.thresholdsFailed {
            (self.run.exitCode, self.run.exitReason) = (0, "")
        }
    }
}
