import Dispatch
import Glibc
import JSONText
import Synchronization

/// Writes lines to the terminal of the standard output on a thread that may wait for it.
package final class TerminalWriter: Sendable {
    /// The lines that may wait; further ones are not written.
    private static let mostWaiting = 100
    /// The time that the last lines have at the end of the process.
    private static let patience = DispatchTimeInterval.milliseconds(200)

    private let queue = DispatchQueue(label: "eio-lua.terminal")
    private let waiting = Atomic(0)

    /// Nil if the standard output is not a terminal.
    package init?() {
        guard isatty(STDOUT_FILENO) != 0 else { return nil }
    }

    /// Writes a text without control characters as one line, which is cut to the width of the terminal.
    package func write(_ line: String) {
        guard self.waiting.load(ordering: .relaxed) < Self.mostWaiting else { return }
        self.waiting.add(1, ordering: .relaxed)
        self.queue.async {
            FileDescriptorOutput.standardOutput.write(TerminalLine.cut(line, columns: Self.columns) + "\n")
            self.waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// Waits a little until all lines are written.
    package func finish() {
        let group = DispatchGroup()
        self.queue.async(group: group) {}
        _ = group.wait(timeout: .now() + Self.patience)
    }

    /// Those of now: the terminal may be resized at any time.
    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
