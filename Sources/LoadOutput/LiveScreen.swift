import Dispatch
import Glibc
import LoadReport
import ProcessSupport
import Synchronization

/// The lines at the bottom of a terminal that are redrawn, while everything that the process writes scrolls above them.
///
/// Scripts and logs write to the standard descriptors themselves, so these lead into a pipe while the screen is open.
final class LiveScreen: Sendable {
    private struct State {
        var view: LiveView?
        var hasColor = false
        /// The terminal's size that the lines are made for.
        var columns = 0
        var rows = 0
        var lines = BottomLines()
        /// Of the output, what has no line break yet.
        var pending: [UInt8] = []

        var layout: [ScreenLine] {
            self.view.map {
                LiveLayout($0, width: self.columns, height: self.rows, hasColor: self.hasColor).lines
            } ?? []
        }
    }

    private let terminal: FileDescriptorOutput
    private let savedError: Int32?
    private let reader: Int32
    private let done = DispatchSemaphore(value: 0)
    private let state = Mutex(State())

    /// A line longer than this is shown in pieces.
    private static let longestLine = 65_536

    /// Nil unless the standard output is a terminal that can move its cursor.
    init?() {
        guard isatty(STDOUT_FILENO) != 0, getenv("TERM").map({ String(cString: $0) }) != "dumb" else { return nil }
        PersonOutput.flush()
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        // Programs that a script starts get the standard descriptors alone.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        guard terminal >= 0 else {
            for end in ends { _ = Glibc.close(end) }
            return nil
        }
        self.terminal = FileDescriptorOutput(descriptor: terminal)
        self.reader = ends[0]
        self.savedError = isatty(STDERR_FILENO) != 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3) : nil
        dup2(ends[1], STDOUT_FILENO)
        if self.savedError != nil { dup2(ends[1], STDERR_FILENO) }
        _ = Glibc.close(ends[1])
        DispatchQueue(label: "eio-lua.screen").async { self.read() }
    }

    /// Columns and rows now: the terminal may be resized at any time.
    private var size: (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(self.terminal.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Shows a view in place of the one before.
    func show(_ view: LiveView, hasColor: Bool) {
        self.state.withLock { state in
            (state.view, state.hasColor) = (view, hasColor)
            (state.columns, state.rows) = self.size
            _ = self.terminal.write(state.lines.show(state.layout, columns: state.columns))
        }
    }

    /// Removes the lines and gives the standard descriptors back.
    func close() {
        PersonOutput.flush()
        dup2(self.terminal.descriptor, STDOUT_FILENO)
        if let savedError {
            dup2(savedError, STDERR_FILENO)
            _ = Glibc.close(savedError)
        }
        // The pipe has no writer any more: its reader comes to the end.
        self.done.wait()
        self.state.withLock { state in _ = self.terminal.write(state.lines.clear(columns: self.size.width)) }
        _ = Glibc.close(self.terminal.descriptor)
        _ = Glibc.close(self.reader)
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(self.reader, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            self.scroll(buffer[..<count], isLast: false)
        }
        self.scroll([], isLast: true)
        self.done.signal()
    }

    /// Writes whole lines above the screen's.
    private func scroll(_ bytes: ArraySlice<UInt8>, isLast: Bool) {
        self.state.withLock { state in
            state.pending += bytes
            var end = state.pending.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if end == 0, isLast || state.pending.count > Self.longestLine {
                guard !state.pending.isEmpty else { return }
                state.pending.append(UInt8(ascii: "\n"))
                end = state.pending.count
            }
            guard end > 0 else { return }
            let (columns, rows) = self.size
            if (columns, rows) != (state.columns, state.rows) {
                (state.columns, state.rows) = (columns, rows)
                state.lines.prepare(state.layout)
            }
            let bytes = state.lines.scroll(state.pending[..<end], columns: columns)
            state.pending.removeFirst(end)
            _ = self.terminal.write(bytes)
        }
    }
}
