import JSONText
import Metrics

/// A report of a run as one HTML page, which loads nothing.
package struct HTMLReport {
    private let result: RunResult
    private var run: RunDescription { self.result.run }

    package init(_ result: RunResult) { self.result = result }

    package var text: String {
        let plots = ReportPlots(self.result)
        let tables = ReportTables(self.result)
        let title = "\(self.run.name): load test"
        var body = self.header
        body += self.section("Failed thresholds", tables.failedThresholds)
        body += self.section("Errors", tables.errors)
        body += ReportFigures(self.result).html
        body += plots.definitions
        body += self.section("Over time", plots.overTime, note: plots.interval)
        body += self.section(
            "Latency over time", plots.heat, note: "How many values came when, and how long they took.")
        body += self.section("Each name and event", plots.byName)
        body += self.section(
            "Distribution", self.figures(Distributions(self.result).plots),
            note: "The share of all cases that took at most this time. The axis of percentiles stretches to 100 %.")
        body += self.section("Checks", tables.checks)
        body += self.section("Thresholds that held", tables.heldThresholds)
        body += self.section("Times and sizes", tables.trends)
        for (tag, table) in TagTables(self.result).tables { body += self.section("By \(tag)", table) }
        body += self.section("Counters and levels", tables.numbers)
        body += self.section("The run", self.facts)
        return Self.page(title: title, body: body, scripts: self.script(plots))
    }

    /// A page with the look of a report.
    static func page(title: String, body: String, scripts: String = "") -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
        style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <title>\(HTMLText.escape(title))</title>
        <style>
        \(PageFiles.css)
        </style>
        </head>
        <body>
        <main>
        \(body)</main>
        \(scripts)</body>
        </html>

        """
    }

    /// The crosshair and the zoom of the plots, where there are some.
    private func script(_ plots: ReportPlots) -> String {
        let data = plots.data
        return data.isEmpty ? "" : "\(data)<script>\n\(PageFiles.script)</script>\n"
    }

    private var header: String {
        let verdict = ReportVerdict(self.result)
        let word = verdict.isFailure ? "failed" : "passed"
        let finding = self.result.finding.map { finding in
            let text = (finding.isFailure ? "" : "Warning: ") + finding.text
            return "<p class=\"failed\"><b>\(HTMLText.escape(text))</b></p>\n"
        }
        return """
            <header>
            <h1>\(HTMLText.escape(self.run.name)) <span class="badge \(word)">\(word)</span></h1>
            <p class="verdict">\(HTMLText.escape(verdict.sentence))</p>
            \(finding ?? "")</header>

            """
    }

    /// How the run can be repeated.
    private var facts: String {
        let reason = self.run.exitReason.isEmpty ? "" : ": " + self.run.exitReason
        var facts: [(String, String)] = [
            ("Script", self.run.script), ("Command", self.run.commandLine),
            ("Start", Timestamp.readable(seconds: self.run.start)),
            ("Duration", ReportNumber.length(self.run.seconds)), ("Seed", String(self.run.seed)),
        ]
        for scenario in self.run.scenarios {
            facts.append(("Scenario \(scenario.name)", "\(scenario.executor), \(scenario.plan)"))
        }
        if self.run.processes > 1 { facts.append(("Processes", String(self.run.processes))) }
        facts.append(("Exit status", "\(self.run.exitCode)\(reason)"))
        facts.append(("Version", self.run.version.isEmpty ? "" : "eio-lua \(self.run.version)"))
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<dt>\(HTMLText.escape($0.0))</dt><dd>\(HTMLText.escape($0.1))</dd>\n" }.joined()
        return "<dl>\n\(list)</dl>\n"
    }

    private func figures(_ plots: [LinePlot]) -> String {
        plots.isEmpty ? "" : "<div class=\"plots\">\n\(plots.map(\.html).joined())</div>\n"
    }

    /// Nothing where there is no content.
    private func section(_ title: String, _ content: String, note: String = "") -> String {
        guard !content.isEmpty else { return "" }
        let note = note.isEmpty ? "" : "<p class=\"note\">\(HTMLText.escape(note))</p>\n"
        return "<section>\n<h2>\(HTMLText.escape(title))</h2>\n\(note)\(content)</section>\n"
    }
}
