import CommandLineParser
import CommandOptions
import Glibc
import LoadOutput
import LoadPlan
import LoadReport
import Metrics
import ProcessSupport

/// `eio-lua report`: what can be made of exports after a run.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Makes summaries and reports of what runs have exported.",
        subcommands: [MergeCommand.self, CompareCommand.self])
}

/// `eio-lua report merge`: the exports of several processes as one run.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merges the exports of several processes exactly, into one summary and report.",
        discussion: """
            The files are those of `eio-lua load --summary-export`. Thresholds are evaluated again over the whole, and \
            the exit status is that of the whole run: 99 if a threshold fails.
            """,
        foreignOptions: ForeignOption.names)

    @Argument(help: ArgumentHelp("The exports.", valueName: "export.json"))
    var exports: [String]

    @OptionGroup var results: ResultFileOptions

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
            for file in self.results.files() { try paths.add(file.path, file.option) }
            result = try self.merged()
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            throw ExitCode(ExitStatus.invalidOptions.rawValue)
        }
        let files = self.results.files(trendStatistics: statistics)
        let person = PersonOutput(besides: files.map(\.path))
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
        for file in files where !file.finish(result) { areWritten = false }
        if status == 0, !areWritten { status = ExitStatus.outputFailed.rawValue }
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
