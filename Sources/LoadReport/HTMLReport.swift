import Metrics

/// A report of a run as one HTML page, which loads nothing and runs no script.
package struct HTMLReport {
    private let result: RunResult
    private var run: RunDescription { self.result.run }

    package init(_ result: RunResult) { self.result = result }

    package var text: String {
        let plots = ReportPlots(self.result)
        let title = HTMLText.escape("\(self.run.name): load test")
        var body = self.header + self.tiles
        body += self.section("Thresholds", HTMLReportTables.thresholds(self.result))
        body += self.section("Over time", self.figures(plots.overTime), note: plots.interval)
        body += self.section(
            "Distribution", self.figures(plots.distributions),
            note: "The share of all cases that took at most this time. The axis of percentiles stretches to 100 %.")
        body += self.section("Times and sizes", HTMLReportTables.trends(self.result))
        body += self.section("Counters and levels", HTMLReportTables.numbers(self.result))
        body += self.section("Checks", HTMLReportTables.checks(self.result))
        body += self.section("Errors", HTMLReportTables.errors(self.result))
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>\(title)</title>
            <style>
            \(ReportStyle.css)
            </style>
            </head>
            <body>
            <main>
            \(body)</main>
            </body>
            </html>

            """
    }

    private var header: String {
        let finding = self.result.finding
        let failed = self.run.exitCode != 0 || self.result.verdict != nil
        let verdict = failed ? "failed" : "passed"
        let reason = self.run.exitReason.isEmpty ? "" : ": " + self.run.exitReason
        var facts: [(String, String)] = [
            ("Script", self.run.script), ("Command", self.run.commandLine),
            ("Start", Timestamp.readable(seconds: self.run.start)),
            ("Duration", NumberText.duration(self.run.seconds * 1_000)), ("Seed", String(self.run.seed)),
        ]
        for scenario in self.run.scenarios {
            facts.append(("Scenario \(scenario.name)", "\(scenario.executor), \(scenario.plan)"))
        }
        if self.run.processes > 1 { facts.append(("Processes", String(self.run.processes))) }
        if !self.run.version.isEmpty { facts.append(("eio-lua", self.run.version)) }
        facts.append(("Exit status", "\(self.run.exitCode)\(reason)"))
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<dt>\(HTMLText.escape($0.0))</dt><dd>\(HTMLText.escape($0.1))</dd>\n" }.joined()
        let sentence = finding.map { finding in
            let start = finding.isFailure ? "" : "Warning: "
            return "<p class=\"failed\"><b>\(HTMLText.escape(start + finding.text))</b></p>\n"
        }
        return """
            <header>
            <h1>\(HTMLText.escape(self.run.name)) <span class="badge \(verdict)">\(verdict)</span></h1>
            \(sentence ?? "")<dl>
            \(list)</dl>
            </header>

            """
    }

    /// The numbers that one looks for first.
    private var tiles: String {
        let metrics = self.result.metrics
        let selector = { (metric: BuiltInMetric, tags: TagSet) in
            MetricSelector(metric: metric.definition.name, tags: tags)
        }
        let number = { (metric: BuiltInMetric, tags: TagSet, aggregation: Aggregation) -> String? in
            metrics.value(selector(metric, tags), aggregation, seconds: self.run.seconds).map { value in
                let text = NumberText.text(of: aggregation, value, metric.definition)
                return aggregation == .rate && metric.definition.kind == .counter ? value.short(1) + "/s" : text
            }
        }
        let tiles: [(String, String?)] = [
            ("users at most", number(.vus, [:], .maximum)),
            ("messages sent", number(.messagesSent, [:], .rate)),
            ("messages received", number(.messagesReceived, [:], .rate)),
            ("connect, p95", number(.connect, ["phase": "total"], .percentile(95))),
            ("time, p95", number(.time, [:], .percentile(95))),
            ("checks held", number(.checks, [:], .rate)),
            ("errors", number(.errors, [:], .count)),
        ]
        let html = tiles.compactMap { name, value in
            value.map { "<div><b>\(HTMLText.escape($0))</b>\(name)</div>\n" }
        }
        return "<section class=\"tiles\">\n\(html.joined())</section>\n"
    }

    private func figures(_ plots: [LinePlot]) -> String {
        plots.isEmpty ? "" : "<div class=\"plots\">\n\(plots.map(\.html).joined())</div>\n"
    }

    /// Nothing where there is no content.
    private func section(_ title: String, _ content: String, note: String = "") -> String {
        guard !content.isEmpty else { return "" }
        let note = note.isEmpty ? "" : "<p class=\"note\">\(HTMLText.escape(note))</p>\n"
        return "<section>\n<h2>\(title)</h2>\n\(note)\(content)</section>\n"
    }
}
