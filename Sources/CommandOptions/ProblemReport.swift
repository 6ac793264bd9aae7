import CommandLineParser
import Glibc
import LoadEngine
import LoadPlan
import Metrics
import NIOCore
import ProcessSupport

/// Reports errors of a script or of its options on the standard error, and ends with k6's exit status for them.
package func reportingProblems(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let errors as OptionErrors {
        throw failure("\(errors)", .invalidOptions)
    } catch let error as UsageError {
        throw failure(error.description, .invalidOptions)
    } catch let error as MetricError {
        throw failure(error.description, .scriptFailed)
    } catch ScriptProblem.invalid(let text) {
        throw failure(text, .invalidOptions)
    } catch ScriptProblem.failed(let text) {
        throw failure(text, .scriptFailed)
    } catch ScriptProblem.aborted(let text) {
        throw failure(text, .aborted)
    } catch let error as IOError {
        throw failure("cannot start: \(SystemError.text(error))", .scriptFailed)
    } catch ScriptProblem.timedOut(let text) {
        // The others that may take too long come after the run, which is reported all the same.
        throw failure("\(text) (options.setupTimeout)", .setupTimedOut)
    }
}

/// Prints what a command was asked for, or ends with the status of an output that cannot be written. A reader that is
/// gone has seen enough.
package func showing(_ text: String) throws {
    signal(SIGPIPE, SIG_IGN)
    do throws(UsageError) {
        try PersonOutput.standardOutput.show(text)
    } catch {
        throw failure(error.description, .outputFailed)
    }
}

private func failure(_ text: String, _ status: ExitStatus) -> ExitCode {
    FileDescriptorOutput.standardError.say("eio-lua: \(text)")
    return ExitCode(status.rawValue)
}
