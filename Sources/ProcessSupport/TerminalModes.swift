import Glibc
import Synchronization

/// The modes of the terminal, which a line editor changes and every end of the process restores.
package enum TerminalModes {
    private static let isChanged = Atomic<Bool>(false)
    private nonisolated(unsafe) static let saved: UnsafeMutablePointer<termios> = {
        atexit { TerminalModes.restore() }
        return .allocate(capacity: 1)
    }()

    /// Saves the modes of the standard input. To be called before they change.
    package static func save() {
        guard tcgetattr(STDIN_FILENO, self.saved) == 0 else { return }
        self.isChanged.store(true, ordering: .releasing)
    }

    /// The modes are as they were.
    package static func restored() { self.isChanged.store(false, ordering: .relaxed) }

    /// Restores the modes if they are changed. Safe in a signal handler.
    package static func restore() {
        guard self.isChanged.exchange(false, ordering: .acquiring) else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, self.saved)
    }
}
