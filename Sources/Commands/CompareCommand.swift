import CommandLineParser
import Glibc
import LoadReport
import ProcessSupport

/// `eio-lua report compare`: two runs side by side.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares the figures of two runs.",
        discussion: """
            The files are those of `eio-lua load --summary-export`. A threshold is a metric, a figure and the \
            change that it may have, in percent: `eio_time:p(95)<10%`, `checks:rate>-1%`. The exit status is 99 if one \
            fails.
            """,
        foreignOptions: ForeignOption.names)

    @Argument(help: "The export of the former run.")
    var before: String

    @Argument(help: "The export of the later run.")
    var after: String

    @Option(
        name: .long,
        help: ArgumentHelp("A condition on a change; may be repeated.", valueName: "metric:figure<percent%"))
    var threshold: [String] = []

    @Option(help: "Write the comparison to this file, as one HTML page.")
    var report: String?

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let comparison: RunComparison
        do {
            try self.checkReport()
            comparison = try self.comparison()
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            throw ExitCode(ExitStatus.invalidOptions.rawValue)
        }
        var areWritten = true
        do {
            try PersonOutput(besides: self.report.map { [$0] } ?? []).show(comparison.text)
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            areWritten = false
        }
        if let report, !TextFile.save(comparison.html, to: report, replaces: false) { areWritten = false }
        if !comparison.holds {
            FileDescriptorOutput.standardError.say("eio-lua: thresholds on the changes failed")
            throw ExitCode(ExitStatus.thresholdsFailed.rawValue)
        }
        if !areWritten { throw ExitCode(ExitStatus.outputFailed.rawValue) }
    }

    private func checkReport() throws {
        guard let report else { return }
        var paths = OutputPaths()
        for export in [self.before, self.after] { paths.reserve(export, "an export to compare") }
        try paths.add(report, "--report")
    }

    private func comparison() throws -> RunComparison {
        let thresholds = try self.threshold.map { text in
            guard let threshold = ChangeThreshold(text) else {
                throw UsageError("--threshold: a change such as eio_time:p(95)<10% expected, got \(text)")
            }
            return threshold
        }
        let runs = try [self.before, self.after].map { path in
            let bytes = try TextFile.read(path)
            do {
                return try RunResult(export: bytes)
            } catch {
                throw UsageError("\(path): \(error)")
            }
        }
        return RunComparison(before: runs[0], after: runs[1], thresholds: thresholds)
    }
}
