import Metrics

/// A finding about a run, whatever its thresholds: one in which nothing worked is never a success.
package enum RunFinding: Equatable, Sendable {
    /// No iteration, or no connect, succeeded: the run has failed.
    case failure(String)
    /// Hardly any connect succeeded.
    case warning(String)

    /// The sentence.
    package var text: String {
        switch self {
        case .failure(let text), .warning(let text): text
        }
    }

    package var isFailure: Bool {
        if case .failure = self { true } else { false }
    }

    /// The least share of connects that must succeed for a run without a warning.
    private static let leastShare = 0.01

    /// Nil where something worked, and where nothing was to run, as in a part of a run that no user falls to.
    package init?(_ metrics: MetricSet) {
        let iterations = Attempts(iterationsOf: metrics)
        let connects = Attempts(connectsOf: metrics)
        switch (Self.failure(of: iterations, connects, metrics), connects.failure("connect")) {
        case (let iteration?, nil): self = .failure(iteration + ".")
        case (nil, let connect?): self = .failure(connect + ".")
        case (.some, let connect?): self = .failure(connect + ", and no iteration either.")
        case (nil, nil):
            let ended = connects.succeeded + connects.failed
            guard connects.succeeded < ended * Self.leastShare else { return nil }
            self = .warning(
                "Only \(NumberText.plain(connects.succeeded)) of \(NumberText.plain(ended)) connects succeeded, "
                    + "less than 1 %.")
        }
    }

    private static func failure(of iterations: Attempts, _ connects: Attempts, _ metrics: MetricSet) -> String? {
        if iterations.started > 0 {
            // An iteration that the run's end interrupts has not failed: a bot may listen without an end.
            let mayFail = connects.started > 0 ? iterations.interrupted : 0
            return iterations.failed <= mayFail && iterations.interrupted > 0 ? nil : iterations.failure("iteration")
        }
        guard metrics[.iterationsStarted] != nil,
            let users = metrics.value(MetricSelector(metric: "vus"), .maximum, seconds: 0), users > 0
        else { return nil }
        return "No iteration was started"
    }
}

/// How many of something began, and how they ended.
private struct Attempts {
    let started: Double
    let succeeded: Double
    let failed: Double
    let interrupted: Double

    init(iterationsOf metrics: MetricSet) {
        let count = { (metric: BuiltInMetric) in Self.count(metric, [:], metrics) }
        self.started = count(.iterationsStarted)
        self.succeeded = count(.iterations)
        self.failed = count(.iterationsFailed)
        self.interrupted = count(.interruptedIterations)
    }

    init(connectsOf metrics: MetricSet) {
        let count = { (result: String) in Self.count(.connects, ["result": result], metrics) }
        self.started = Self.count(.connectsStarted, [:], metrics)
        self.succeeded = count("opened")
        self.failed = count("failed")
        self.interrupted = count("interrupted")
    }

    private static func count(_ metric: BuiltInMetric, _ tags: TagSet, _ metrics: MetricSet) -> Double {
        metrics.value(MetricSelector(metric: metric.definition.name, tags: tags), .count, seconds: 0) ?? 0
    }

    /// That there were some, and none succeeded; without the full stop.
    func failure(_ name: String) -> String? {
        guard self.started > 0, self.succeeded == 0 else { return nil }
        let failed = NumberText.plain(self.failed)
        let interrupted = "\(NumberText.plain(self.interrupted)) cut short by the end of the run"
        switch (self.failed, self.interrupted) {
        case (1, 0): return "No \(name) succeeded: the only one failed"
        case (_, 0): return "No \(name) succeeded: all \(failed) failed"
        case (0, _): return "No \(name) succeeded: \(interrupted)"
        default: return "No \(name) succeeded: \(failed) failed, \(interrupted)"
        }
    }
}

extension RunResult {
    /// That nothing worked, or hardly anything.
    package var finding: RunFinding? { RunFinding(self.metrics) }

    /// The verdict of the thresholds and the finding on a run that came to its end: status and reason.
    var verdict: (code: Int, reason: String)? {
        if let finding, finding.isFailure { return (Self.thresholdsFailed, finding.text) }
        return self.run.thresholds.contains { !$0.passed } ? (Self.thresholdsFailed, "thresholds failed") : nil
    }

    /// Makes a run that would be a success what its thresholds and its finding make of it.
    package mutating func judge() {
        guard self.run.exitCode == 0, let verdict else { return }
        (self.run.exitCode, self.run.exitReason) = verdict
    }
}
