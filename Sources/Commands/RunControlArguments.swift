import CommandLineParser
import LoadPlan

/// Which part of a run this process does, when, and within what limits.
struct RunControlArguments: ParsableArguments {
    @Option(help: "The part of the run that this process does, such as 0:1/4.")
    var executionSegment: String?

    @Option(help: "One of N equal parts, as 0/N. (default: by JOB_COMPLETION_INDEX and JOB_COMPLETIONS)")
    var segment: String?

    @Option(help: "Start the users at this time, such as 2026-03-01T12:00:00Z, or in Unix seconds or milliseconds.")
    var startAt: String?

    @Option(
        help: "The most memory of one user's Lua, such as 64MB; more is an error in the script. (default: no limit)")
    var memoryLimit: String?

    /// - Parameter environment: the value of a variable.
    func segment(environment: (String) -> String?) throws -> ExecutionSegment {
        if let executionSegment, self.segment != nil {
            throw OptionErrors([
                OptionProblem(
                    path: "--execution-segment", value: "\"\(executionSegment)\"",
                    message: "excludes --segment: give one of the two")
            ])
        }
        if let executionSegment { return try ExecutionSegment(parsing: executionSegment) }
        if let segment { return try ExecutionSegment(indexOf: segment) }
        guard let index = environment("JOB_COMPLETION_INDEX"), let count = environment("JOB_COMPLETIONS") else {
            return .whole
        }
        return try ExecutionSegment(indexOf: "\(index)/\(count)", option: "JOB_COMPLETION_INDEX/JOB_COMPLETIONS")
    }

    /// Unix seconds.
    func startTime() throws -> Double? {
        try self.startAt.map { text in
            guard let time = StartTime.parse(text) else {
                throw OptionErrors([
                    OptionProblem(
                        path: "--start-at", value: "\"\(text)\"",
                        message:
                            "must be a time with its zone, as 2026-03-01T12:00:00.5Z, or Unix seconds or milliseconds")
                ])
            }
            return time
        }
    }

    func memoryBytes() throws -> Int {
        guard let memoryLimit else { return 0 }
        guard let bytes = ByteSize.parse(memoryLimit), bytes >= Self.leastMemory else {
            throw OptionErrors([
                OptionProblem(
                    path: "--memory-limit", value: "\"\(memoryLimit)\"",
                    message: "must be a size of 256KB at least, such as 64MB")
            ])
        }
        return bytes
    }

    /// With less the libraries alone would not fit.
    private static let leastMemory = 256 * 1024
}
