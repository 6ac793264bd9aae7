import JSONText
import Metrics

/// The comparison of two runs as one HTML page: whether it held, the figures that matter, plots of both runs over time,
/// then all figures.
struct ComparisonPage {
    private let comparison: RunComparison

    init(_ comparison: RunComparison) { self.comparison = comparison }

    var text: String {
        let plots = ComparisonPlots(self.comparison)
        let name = self.comparison.after.run.name
        var body = "<header>\n<h1>\(HTMLText.escape(name)): two runs compared\(self.badge)</h1>\n"
        body += "<p class=\"verdict\">\(HTMLText.escape(self.sentence(plots)))</p>\n</header>\n"
        body += ComparisonFigures(self.comparison).html
        body += self.section("Thresholds", self.thresholds)
        body += plots.definitions
        body += self.section("Over time, the greatest changes first", plots.html, note: plots.note, kind: "pairs")
        body += self.section("All figures, the greatest changes first", self.figures)
        body += self.section("Only in one run", self.missing)
        body += self.section("The runs", self.runs)
        return HTMLReport.page(title: "\(name): two runs compared", body: body, scripts: plots.scripts)
    }

    /// Nothing without a threshold.
    private var badge: String {
        guard !self.comparison.verdicts.isEmpty else { return "" }
        let word = self.comparison.holds ? "passed" : "failed"
        return " <span class=\"badge \(word)\">\(word)</span>"
    }

    private func sentence(_ plots: ComparisonPlots) -> String {
        let latency = ComparisonFigures(self.comparison).latencySentence
        let (count, failed) = (self.comparison.verdicts.count, self.comparison.verdicts.filter { !$0.passed })
        let verdict: String
        if let first = failed.first {
            let number = count == 1 ? "The threshold" : "\(failed.count) of \(count) thresholds"
            verdict =
                "\(number) on the changes failed: \(first.threshold.text) (\(RunComparison.text(of: first)))"
                + (failed.count > 1 ? " and others." : ".")
        } else {
            verdict =
                count == 0
                ? ""
                : count == 1 ? "The threshold on the changes held." : "All \(count) thresholds on the changes held."
        }
        let sentence = [verdict, latency, plots.greatestChange].filter { !$0.isEmpty }.joined(separator: " ")
        return sentence.isEmpty ? "\(self.comparison.rows.count) figures of two runs." : sentence
    }

    private var thresholds: String {
        let verdicts = self.comparison.verdicts.filter { !$0.passed } + self.comparison.verdicts.filter(\.passed)
        let rows = verdicts.map { verdict -> [ReportTable.Cell] in
            [.verdict(verdict.passed), .name(verdict.threshold.text), .number(RunComparison.text(of: verdict))]
        }
        return ReportTable(header: ["Verdict", "Threshold", "Change"], rows: rows).html
    }

    private var figures: String {
        let rows = self.comparison.rows.filter(\.isInBoth).map { row -> [ReportTable.Cell] in
            let cells = self.comparison.cells(row)
            return [.name(cells[0]), .name(cells[1])] + cells.dropFirst(2).map { .number($0) }
        }
        return ReportTable(header: ["Metric", "Figure", "Before", "After", "Change"], rows: rows).html
    }

    private var missing: String {
        let rows = self.comparison.rows.filter { !$0.isInBoth }.map { row -> [ReportTable.Cell] in
            let cells = self.comparison.cells(row)
            return [.name(row.before == nil ? "after" : "before"), .name(cells[0]), .name(cells[1])]
                + [.number(row.before == nil ? cells[3] : cells[2])]
        }
        return ReportTable(header: ["Run", "Metric", "Figure", "Value"], rows: rows).html
    }

    private var runs: String {
        let runs = [("Before", self.comparison.before.run), ("After", self.comparison.after.run)]
        let rows = runs.map { name, run -> [ReportTable.Cell] in
            [
                .name(name), .name(run.name), .name(run.server), .name(Timestamp.readable(seconds: run.start)),
                .number(ReportNumber.length(run.seconds)), .number(String(run.exitCode)), .name(run.version),
            ]
        }
        let columns = ["Run", "Script", "Server", "Start", "Duration", "Exit status", "Version"]
        return ReportTable(header: columns, rows: rows).html
    }

    /// Nothing where there is no content.
    private func section(_ title: String, _ content: String, note: String = "", kind: String = "") -> String {
        guard !content.isEmpty else { return "" }
        let note = note.isEmpty ? "" : "<p class=\"note\">\(HTMLText.escape(note))</p>\n"
        let kind = kind.isEmpty ? "" : " class=\"\(kind)\""
        return "<section\(kind)>\n<h2>\(HTMLText.escape(title))</h2>\n\(note)\(content)</section>\n"
    }
}

extension RunComparison {
    /// The same as an HTML page.
    package var html: String { ComparisonPage(self).text }
}
