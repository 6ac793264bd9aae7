import ArgumentParser
import Glibc
import LoadPlan
import LoadReport
import Metrics

/// `eio-lua report`: what can be made of exports after a run.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes summaries and reports of what runs have exported.",
        subcommands: [MergeCommand.self])
}

/// `eio-lua report merge`: the exports of several processes as one run.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merges the exports of several processes exactly, into one summary and report.",
        discussion: """
            The files are those of `eio-lua load --summary-export`. Thresholds are evaluated anew over the whole; the exit status \
            is that of the whole run: 99 where a threshold fails.
            """)

    @Argument(help: ArgumentHelp("The exports.", valueName: "export.json"))
    var exports: [String]

    @Option(help: "Write a report with plots to this file, as one HTML page.")
    var report: String?

    @Option(help: "Write the merged export to this file; it can be merged again.")
    var summaryExport: String?

    @OptionGroup var summary: SummaryArguments

    @Flag(name: .long, help: "No colours.")
    var noColor = false

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        let result: RunResult
        let statistics: [Aggregation]
        let timeUnit: SummaryTimeUnit?
        do {
            statistics = try self.summary.trendStatistics() ?? TrendStatistics.defaults
            timeUnit = try self.summary.timeUnit()
            var paths = OutputPaths()
            if let summaryExport { try paths.add(summaryExport, "--summary-export") }
            if let report { try paths.add(report, "--report") }
            result = try self.merged()
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            throw ExitCode(LoadStatus.invalidOptions.rawValue)
        }
        let person = PersonOutput(besides: [self.summaryExport, self.report])
        let hasColor = PersonOutput.wantsColor(isOff: self.noColor) && person.isTerminal
        let text = EndSummary(result, trendStatistics: statistics, timeUnit: timeUnit, hasColor: hasColor).text
        var areWritten = true
        do {
            try person.show(text)
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            areWritten = false
        }
        var status = Int32(clamping: result.run.exitCode)
        if status != 0 { FileDescriptorOutput.standardError.say("eio-lua: \(result.run.exitReason)") }
        if let path = self.summaryExport, !TextFile.save(result.export(trendStatistics: statistics), to: path) {
            areWritten = false
        }
        if let path = self.report, !TextFile.save(HTMLReport(result).text, to: path) { areWritten = false }
        if status == 0, !areWritten { status = LoadStatus.outputFailed.rawValue }
        throw ExitCode(status)
    }

    private func merged() throws(UsageError) -> RunResult {
        var known: [[UInt8]: String] = [:]
        var merged: RunResult?
        for path in self.exports {
            let bytes = try TextFile.read(path)
            if let other = known.updateValue(path, forKey: bytes) {
                throw UsageError("\(path) is the same export as \(other): its numbers would count twice")
            }
            do {
                let result = try RunResult(export: bytes)
                if merged == nil { merged = result } else { try merged?.merge(result) }
            } catch {
                throw UsageError("\(path): \(error)")
            }
        }
        guard let merged else { throw UsageError("no export was named") }
        return merged
    }
}
