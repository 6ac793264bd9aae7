import JSONText
import Metrics

/// A report of a run as one HTML page, which loads nothing.
package struct HTMLReport {
    private let result: RunResult
    let plots: ReportPlots
    private var run: RunDescription { self.result.run }

    /// The script of the page is its own, and it loads nothing.
    private static let policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

    package init(_ result: RunResult) { self.init(result, isDrawn: true) }

    /// - Parameter isDrawn: whether the plots have their lines; else the page's script draws them.
    init(_ result: RunResult, isDrawn: Bool) {
        self.result = result
        self.plots = ReportPlots(result, isDrawn: isDrawn)
    }

    package var text: String {
        Self.page(
            title: "\(self.run.name): load test", body: self.sections.map(\.html).joined(),
            scripts: self.plots.isEmpty ? "" : "\(self.plots.data.html)<script>\n\(PageFiles.script)</script>\n")
    }

    /// The parts of the page that have something to show, in their order.
    var sections: [ReportSection] {
        let tables = ReportTables(self.result)
        let isRunning = self.run.isRunning
        let tags = TagTables(self.result).tables.enumerated()
            .map { self.section("tag-\($0.offset + 1)", "By \($0.element.tag)", $0.element.html) }
        let parts: [ReportSection?] =
            [
                self.header,
                self.section("thresholds", "Thresholds", isRunning ? tables.thresholds : ""),
                self.section("failed-thresholds", "Failed thresholds", isRunning ? "" : tables.failedThresholds),
                self.section("errors", "Errors", tables.errors),
                ReportFigures(self.result).section, self.plots.definitions,
                self.section("over-time", "Over time", self.plots.overTime, note: self.plots.interval),
                self.section(
                    "heat", "Latency over time", self.plots.heat,
                    note: "How many values came when, and how long they took."),
                self.section("names", "Each name and event", self.plots.byName),
                self.section(
                    "distribution", "Distribution", self.distributions,
                    note: "The share of all cases that took at most this time. "
                        + "The axis of percentiles stretches to 100 %."),
                self.section("checks", "Checks", tables.checks),
                self.section("held-thresholds", "Thresholds that held", isRunning ? "" : tables.heldThresholds),
                self.section("trends", "Times and sizes", tables.trends),
            ] + tags + [
                self.section("numbers", "Counters and levels", tables.numbers),
                self.section("run", "The run", self.facts),
            ]
        return parts.compactMap(\.self)
    }

    /// A page with the look of a report.
    ///
    /// - Parameters:
    ///   - style: the page's style sheet.
    ///   - policy: the content security policy.
    static func page(
        title: String, body: String, scripts: String = "", style: String = PageFiles.css,
        policy: String = Self.policy
    ) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <meta http-equiv="Content-Security-Policy" content="\(policy)">
        <title>\(HTMLText.escape(title))</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <main>
        \(body)</main>
        \(scripts)</body>
        </html>

        """
    }

    private var header: ReportSection {
        let verdict = ReportVerdict(self.result)
        let word = verdict.word
        // Much has not succeeded yet while a run goes on.
        let finding = (self.run.isRunning ? nil : self.result.finding).map { finding in
            let text = (finding.isFailure ? "" : "Warning: ") + finding.text
            return "<p class=\"failed\"><b>\(HTMLText.escape(text))</b></p>\n"
        }
        let html = """
            <header id="verdict">
            <h1>\(HTMLText.escape(self.run.name)) <span class="badge \(word)">\(word)</span></h1>
            <p class="verdict">\(HTMLText.escape(verdict.sentence))</p>
            \(finding ?? "")\(self.progress)</header>

            """
        return ReportSection(id: "verdict", html: html)
    }

    /// How much of its time a run that goes on has used.
    private var progress: String {
        guard self.run.isRunning, let planned = self.run.plannedSeconds, planned > 0 else { return "" }
        let value = Swift.min(self.run.seconds, planned).short(1)
        return "<progress max=\"\(planned.short(1))\" value=\"\(value)\" aria-label=\"Time of the run\"></progress>\n"
    }

    /// How the run can be repeated.
    private var facts: String {
        let reason = self.run.exitReason.isEmpty ? "" : ": " + self.run.exitReason
        var facts: [(String, String)] = [
            ("Script", self.run.script), ("Command", self.run.commandLine),
            ("Start", Timestamp.readable(seconds: self.run.start)),
            ("Duration", ReportNumber.length(self.run.seconds) + (self.run.isRunning ? " so far" : "")),
            ("Seed", String(self.run.seed)),
        ]
        for scenario in self.run.scenarios {
            facts.append(("Scenario \(scenario.name)", "\(scenario.executor), \(scenario.plan)"))
        }
        if self.run.processes > 1 { facts.append(("Processes", String(self.run.processes))) }
        if !self.run.isRunning { facts.append(("Exit status", "\(self.run.exitCode)\(reason)")) }
        facts.append(("Version", self.run.version.isEmpty ? "" : "eio-lua \(self.run.version)"))
        let list = facts.filter { !$0.1.isEmpty }
            .map { "<dt>\(HTMLText.escape($0.0))</dt><dd>\(HTMLText.escape($0.1))</dd>\n" }.joined()
        return "<dl>\n\(list)</dl>\n"
    }

    private var distributions: String {
        let figures = Distributions(self.result).plots.map { $0.html(hasTips: self.plots.axis.isDrawn) }.joined()
        return figures.isEmpty ? "" : "<div class=\"plots\">\n\(figures)</div>\n"
    }

    /// Nothing where there is no content.
    private func section(_ id: String, _ title: String, _ content: String, note: String = "") -> ReportSection? {
        guard !content.isEmpty else { return nil }
        let note = note.isEmpty ? "" : "<p class=\"note\">\(HTMLText.escape(note))</p>\n"
        return ReportSection(
            id: id, html: "<section id=\"\(id)\">\n<h2>\(HTMLText.escape(title))</h2>\n\(note)\(content)</section>\n")
    }
}
