import Glibc
import JSONText
import LoadEngine
import LoadPlan
import LoadReport
import Metrics
import ProcessSupport

/// The summary of a run that has ended: that of the script's `handleSummary`, or the default.
struct RunSummary {
    enum Outcome {
        case shown
        /// An error in `handleSummary`, which was reported.
        case scriptFailed
        /// A file of `handleSummary` could not be written, which was reported.
        case outputFailed
    }

    var trendStatistics: [Aggregation]
    var timeUnit: SummaryTimeUnit?
    var hasColor: Bool
    var person: PersonOutput
    /// The files of other outputs.
    var paths: OutputPaths
    /// The result of `setup`, as JSON.
    var setupData: String
    /// Calls the script's `handleSummary`, if it has one, with the summary as JSON; nil if the end of the run stops it.
    var handler: ((String) throws -> String?)?

    func show(_ result: RunResult) -> Outcome {
        guard let handler else { return self.showDefault(result) }
        do {
            guard let texts = try self.texts(result, handler) else { return self.showDefault(result) }
            return self.write(texts)
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: handleSummary: \(error)")
            _ = self.showDefault(result)
            return .scriptFailed
        }
    }

    private func showDefault(_ result: RunResult) -> Outcome {
        let summary = EndSummary(
            result, trendStatistics: self.trendStatistics, timeUnit: self.timeUnit, hasColor: self.hasColor)
        return Self.telling { () throws(UsageError) in try self.person.show(summary.text) } ? .shown : .outputFailed
    }

    /// - Returns: texts by where they go, or nil where the function returned nothing.
    private func texts(_ result: RunResult, _ handler: (String) throws -> String?) throws -> [(
        target: String, text: String
    )]? {
        let data = result.summaryData(
            trendStatistics: self.trendStatistics, timeUnit: self.timeUnit, setupData: self.setupData,
            hasColor: self.hasColor,
            isTerminal: (output: isatty(STDOUT_FILENO) != 0, error: isatty(STDERR_FILENO) != 0))
        guard let answer = try handler(data) else { return nil }
        if answer.isEmpty || answer == "null" { return nil }
        guard let json = JSON(parsing: answer.utf8), json.array?.isEmpty ?? true,
            json.members != nil || json.array != nil
        else {
            throw ScriptProblem.failed("it must return a table of texts by \"stdout\", \"stderr\" or a file's name")
        }
        return try (json.members ?? []).map { member in
            guard let text = member.value.string else {
                throw ScriptProblem.failed("it must return a text for \"\(member.key)\", not \(member.value.text())")
            }
            return (member.key, text)
        }
    }

    private func write(_ texts: [(target: String, text: String)]) -> Outcome {
        var paths = self.paths
        // All names before the first file is written: after that another name of it would look like another file.
        let targets = texts.map { target, text in
            let isTaken =
                !["stdout", "stderr"].contains(target)
                && !Self.telling { () throws(UsageError) in try paths.add(target, "handleSummary") }
            return (target: target, text: text, isTaken: isTaken)
        }
        var outcome = Outcome.shown
        for (target, text, isTaken) in targets {
            let isWritten =
                !isTaken
                && Self.telling { () throws(UsageError) in
                    switch target {
                    case "stdout": try PersonOutput.standardOutput.write(text)
                    case "stderr": try PersonOutput.standardError.write(text)
                    default: try TextFile.write(text, to: target)
                    }
                }
            if !isWritten { outcome = .outputFailed }
        }
        return outcome
    }

    /// - Returns: whether there was no error; one is reported.
    private static func telling(_ body: () throws(UsageError) -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            return false
        }
    }
}
