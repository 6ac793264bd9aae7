import CommandLineParser
import Glibc
import LoadEngine
import ProcessSupport

extension ParsableCommand {
    /// Runs the command that a command line names, and ends the process.
    ///
    /// - Parameter words: the command line without the name of the program.
    package static func main(_ words: [String]) -> Never {
        do throws(CommandFailure) {
            switch try CommandParser(self, columns: terminalColumns()).parse(words) {
            case .text(let text):
                do { try showing(text) } catch { throw CommandPath([self]).failure(error) }
            case .command(let command, let path):
                do { try command.run() } catch { throw path.failure(error) }
            }
        } catch {
            error.endProcess()
        }
        endProcess(0)
    }
}

extension CommandFailure {
    /// Reports the failure, and ends the process with its status.
    package func endProcess() -> Never {
        if let message { FileDescriptorOutput.standardError.say(message) }
        CommandOptions.endProcess(self.status)
    }
}

/// Ends the process, also if a loop was left behind: the system's `exit` could wait for that loop's thread without end.
package func endProcess(_ status: Int32) -> Never {
    if LeftLoops.exist { ProcessEnd.now(status) }
    exit(status)
}

/// The width of the terminal, or the 80 columns that all have.
private func terminalColumns() -> Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return max(Int(size.ws_col), 60)
}
