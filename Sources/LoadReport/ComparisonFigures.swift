import Metrics

/// The figures of two runs that one looks for first: users, throughput, latency, errors.
struct ComparisonFigures {
    private let comparison: RunComparison

    init(_ comparison: RunComparison) { self.comparison = comparison }

    private struct Figure {
        let name: String
        let before: Double
        let after: Double
        let text: (Double) -> String

        var change: String { RunComparison.text(ofChange: RunComparison.change(self.before, self.after)) }

        var tile: FigureTile {
            let change = self.before == self.after ? "no change" : self.change
            return FigureTile(
                value: self.text(self.after), name: self.name, details: "\(change); before \(self.text(self.before))")
        }
    }

    /// Empty where the runs have none in common.
    var html: String {
        let figures = [self.users, self.throughput, self.latency, self.errors].compactMap(\.self)
        let html = figures.map(\.tile.html)
        return html.isEmpty ? "" : "<section class=\"tiles\" aria-label=\"Figures\">\n\(html.joined())</section>\n"
    }

    /// Whether it got slower; empty without times.
    var latencySentence: String {
        guard let figure = self.latency else { return "" }
        let (before, after) = (figure.text(figure.before), figure.text(figure.after))
        guard before != after else { return "The \(figure.name) is \(after) in both runs." }
        return "The \(figure.name) went \(figure.after > figure.before ? "up" : "down") from \(before) to \(after) "
            + "(\(figure.change))."
    }

    private var users: Figure? {
        self.figure("users at most", .vus, .maximum) { ReportNumber.plain($0) }
    }

    private var throughput: Figure? {
        self.figure("messages sent", .messagesSent, .rate) { ReportNumber.plain($0) + "/s" }
    }

    /// The time that the scripts measure; else that to an ack or of a connect.
    private var latency: Figure? {
        let p95 = Aggregation.percentile(95)
        return self.figure("p95 of actions", .time, p95, text: ReportNumber.time)
            ?? self.figure("p95 to an ack", .sioAck, p95, text: ReportNumber.time)
            ?? self.figure("p95 to connect", .connect, p95, tags: ["phase": "total"], text: ReportNumber.time)
    }

    private var errors: Figure? {
        self.figure("errors", .errors, .rate) { ReportNumber.plain($0) + "/s" }
    }

    private func figure(
        _ name: String, _ metric: BuiltInMetric, _ aggregation: Aggregation, tags: TagSet = [:],
        text: @escaping (Double) -> String
    ) -> Figure? {
        let selector = MetricSelector(metric: metric.definition.name, tags: tags)
        let values = [self.comparison.before, self.comparison.after].map { run in
            run.metrics.value(selector, aggregation, seconds: run.run.seconds)
        }
        guard let before = values[0], let after = values[1] else { return nil }
        return Figure(name: name, before: before, after: after, text: text)
    }
}
