import LoadPlan
import Metrics

/// The four figures that one looks for first: load, throughput, latency, failures.
struct ReportFigures {
    private let result: RunResult

    init(_ result: RunResult) { self.result = result }

    /// Nil for a run without any.
    var section: ReportSection? {
        let figures = self.html
        guard !figures.isEmpty else { return nil }
        let html = "<section class=\"tiles\" id=\"figures\" aria-label=\"Figures\">\n\(figures)</section>\n"
        return ReportSection(id: "figures", html: html)
    }

    var html: String {
        let figures = [self.users, self.throughput, self.latency, self.errors].compactMap(\.self)
        return figures.map(\.html).joined()
    }

    private var users: FigureTile? {
        guard let most = self.number(.vus, .maximum) else { return nil }
        let iterations = "\(ReportNumber.plain(self.number(.iterations, .count) ?? 0)) iterations"
        let failed = self.number(.iterationsFailed, .count) ?? 0
        return FigureTile(
            value: ReportNumber.plain(most), name: "users at most",
            details: failed > 0 ? "\(iterations) succeeded, \(ReportNumber.plain(failed)) failed" : iterations)
    }

    private var throughput: FigureTile? {
        guard let sent = self.number(.messagesSent, .rate), let received = self.number(.messagesReceived, .rate) else {
            return nil
        }
        return FigureTile(
            value: ReportNumber.plain(sent) + "/s", name: "messages sent",
            details: "\(ReportNumber.plain(received))/s received")
    }

    /// The time that the script measures; else that to an ack or of a connect.
    private var latency: FigureTile? {
        let times: [(BuiltInMetric, TagSet, String)] = [
            (.time, [:], "p95 of actions"), (.sioAck, [:], "p95 to an ack"),
            (.connect, ["phase": "total"], "p95 to connect"),
        ]
        for (metric, tags, name) in times {
            guard let p95 = self.number(metric, .percentile(95), tags),
                let median = self.number(metric, .median, tags), let p99 = self.number(metric, .percentile(99), tags)
            else { continue }
            return FigureTile(
                value: ReportNumber.time(p95), name: name,
                details: "p50 \(ReportNumber.time(median)), p99 \(ReportNumber.time(p99))")
        }
        return nil
    }

    private var errors: FigureTile? {
        guard let errors = self.number(.errors, .count) else { return nil }
        let checks = self.number(.checks, .rate).map { "\(ReportNumber.share($0)) of checks held" }
        return FigureTile(value: ReportNumber.plain(errors), name: "errors", details: checks ?? "")
    }

    private func number(_ metric: BuiltInMetric, _ aggregation: Aggregation, _ tags: TagSet = [:]) -> Double? {
        let selector = MetricSelector(metric: metric.definition.name, tags: tags)
        return self.result.metrics.value(selector, aggregation, seconds: self.result.run.seconds)
    }
}
