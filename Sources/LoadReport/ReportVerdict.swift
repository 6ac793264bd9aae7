import Metrics

/// How a run ended, in one sentence: its load and its server, whether it held, and what failed most.
struct ReportVerdict {
    private let result: RunResult

    /// Characters of an error's text that the sentence has.
    private static let maximumText = 120

    init(_ result: RunResult) { self.result = result }

    var isFailure: Bool { self.result.run.exitCode != 0 || self.result.verdict != nil }

    var sentence: String {
        "The run\(self.users) for \(ReportNumber.length(self.result.run.seconds))\(self.target) "
            + "\(self.isFailure ? "failed" : "passed"): \(self.reasons.joined(separator: "; "))."
    }

    private var users: String {
        let most = self.result.metrics.value(MetricSelector(metric: "vus"), .maximum, seconds: 0)
        return most.map { " of \($0 == 1 ? "one user" : "at most \(ReportNumber.plain($0)) users")" } ?? ""
    }

    private var target: String { self.result.run.server.isEmpty ? "" : " against \(self.result.run.server)" }

    private var reasons: [String] {
        var reasons: [String] = []
        if self.result.run.exitCode != 0, self.result.run.exitCode != RunResult.thresholdsFailed {
            reasons.append(self.result.run.exitReason)
        }
        let thresholds = self.result.run.thresholds
        let failed = thresholds.count { !$0.passed }
        switch (failed, thresholds.count) {
        case (_, 0): break
        case (0, 1): reasons.append("its threshold held")
        case (0, let count): reasons.append("all \(count) thresholds held")
        case (1, 1): reasons.append("its threshold failed")
        case (let failed, let count) where failed == count: reasons.append("all \(count) thresholds failed")
        default: reasons.append("\(failed) of \(thresholds.count) thresholds failed")
        }
        return reasons.filter { !$0.isEmpty } + [self.errors]
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
