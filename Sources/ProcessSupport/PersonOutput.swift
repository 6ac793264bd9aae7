import CStdio
import Glibc

/// The stream for texts that a run shows to a person: the standard error if a file takes the standard output.
package enum PersonOutput: Sendable {
    case standardOutput
    case standardError

    /// - Parameter files: `-` is the standard output.
    package init(besides files: [String?]) { self = files.contains("-") ? .standardError : .standardOutput }

    package var isTerminal: Bool { isatty(self == .standardOutput ? STDOUT_FILENO : STDERR_FILENO) != 0 }

    /// Shows the text and a line break.
    ///
    /// - Throws: `UsageError` if it could not be written. A reader that is gone is not an error: it has seen enough.
    package func show(_ text: String) throws(UsageError) { try self.write(text + "\n") }

    /// Writes the text as it is.
    package func write(_ text: String) throws(UsageError) {
        let earlier = stdio_flush_output()
        let descriptor = self == .standardOutput ? STDOUT_FILENO : STDERR_FILENO
        let code = FileDescriptorOutput(descriptor: descriptor).write(text) ?? (earlier == 0 ? nil : earlier)
        guard let code, code != EPIPE, code != EBADF, self == .standardOutput else { return }
        throw UsageError("cannot write to the standard output: \(SystemError.text(code))")
    }

    /// Writes what `print` has buffered. A flush of all files would wait for those that a script's thread holds.
    package static func flush() { _ = stdio_flush_output() }

    /// Whether colours are wanted where the output is a terminal.
    ///
    /// - Parameter isOff: `--no-color`.
    package static func wantsColor(isOff: Bool) -> Bool {
        let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let isDumb = getenv("TERM").map { strcmp($0, "dumb") == 0 } ?? false
        return !isOff && !noColor && !isDumb
    }
}
