import ArgumentParser
import LoadEngine
import ProcessSupport

extension ParsableCommand {
    /// Does the command's work. If a loop was left behind in it, also ends the process: the system's `exit` could wait
    /// for that loop's thread without end.
    package func endingWithoutLeftLoops(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            guard LeftLoops.exist else { throw error }
            if !(error is ExitCode) { FileDescriptorOutput.standardError.say(Self.fullMessage(for: error)) }
            ProcessEnd.now(Self.exitCode(for: error).rawValue)
        }
        if LeftLoops.exist { ProcessEnd.now(0) }
    }
}
