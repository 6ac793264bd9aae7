import Metrics

/// How a run ended, or how it goes on, in one sentence: its load and its server, whether it held, and what failed most.
struct ReportVerdict {
    private let result: RunResult

    /// Characters of an error's text that the sentence has.
    private static let maximumText = 120

    init(_ result: RunResult) { self.result = result }

    private var run: RunDescription { self.result.run }
    private var isFailure: Bool { self.run.exitCode != 0 || self.result.verdict != nil }

    /// `running`, `failed` or `passed`.
    var word: String { self.run.isRunning ? "running" : self.isFailure ? "failed" : "passed" }

    var sentence: String {
        let length = ReportNumber.length(self.run.isRunning ? self.run.seconds.rounded(.down) : self.run.seconds)
        guard self.run.isRunning else {
            return "The run\(self.users) for \(length)\(self.target) \(self.word): "
                + "\(self.reasons.joined(separator: "; "))."
        }
        let planned = self.run.plannedSeconds.map { " of \(ReportNumber.length($0))" } ?? ""
        return "The run\(self.users)\(self.target) goes on: "
            + "\(([length + planned] + self.reasons).joined(separator: "; "))."
    }

    /// The part of the sentence that rarely changes: for a reader who does not look at the page.
    var state: String {
        guard self.run.isRunning else { return self.sentence }
        return "The run goes on" + (self.thresholds.map { "; \($0)." } ?? ".")
    }

    private var users: String {
        let most = self.result.metrics.value(MetricSelector(metric: "vus"), .maximum, seconds: 0)
        return most.map { " of \($0 == 1 ? "one user" : "at most \(ReportNumber.plain($0)) users")" } ?? ""
    }

    private var target: String { self.run.server.isEmpty ? "" : " against \(self.run.server)" }

    private var reasons: [String] {
        var reasons: [String] = []
        if self.run.exitCode != 0, self.run.exitCode != RunResult.thresholdsFailed {
            reasons.append(self.run.exitReason)
        }
        return (reasons + [self.thresholds ?? ""]).filter { !$0.isEmpty } + [self.errors]
    }

    /// Nil without a threshold. One that has no value yet does not fail.
    private var thresholds: String? {
        let count = self.run.thresholds.count
        let failed = self.run.thresholds.count { !$0.passed && !(self.run.isRunning && $0.value == nil) }
        let isOpen = self.run.isRunning && self.run.thresholds.contains { $0.value == nil }
        let failing = { (one: Bool) in self.run.isRunning ? one ? "fails now" : "fail now" : "failed" }
        let held = { (one: Bool) in self.run.isRunning ? one ? "holds now" : "hold now" : "held" }
        return switch (failed, count) {
        case (_, 0): nil
        case (0, _) where isOpen: "no threshold fails now"
        case (0, 1): "its threshold \(held(true))"
        case (0, _): "all \(count) thresholds \(held(false))"
        case (1, 1): "its threshold \(failing(true))"
        case (count, _): "all \(count) thresholds \(failing(false))"
        default: "\(failed) of \(count) thresholds \(failing(failed == 1))"
        }
    }

    private var errors: String {
        let errors = self.result.errors
        guard let (key, entry) = errors.sorted.first else { return "no errors" }
        let line = key.text.split(whereSeparator: \.isNewline).first ?? ""
        let text = line.count > Self.maximumText ? line.prefix(Self.maximumText) + "…" : line
        let first = "\(key.name.isEmpty ? key.kind : "\(key.kind) \(key.name)"): \(text)"
        if errors.total == 1 { return "one error, \(first)" }
        let times = entry.count == 1 ? "once" : "\(ReportNumber.plain(Double(entry.count))) times"
        return "\(ReportNumber.plain(Double(errors.total))) errors, most often \(first) (\(times))"
    }
}
