import Glibc
import ProcessSupport
import Synchronization

/// The signals that concern a terminal while a line is edited on it, and the pipe that wakes the thread of the editor.
///
/// A signal that ends the process restores the terminal first. Outside of editing all of them are as they were.
enum EditingSignals {
    private static let watched = [SIGWINCH, SIGTSTP, SIGCONT]
    private static let fatal = [SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE]

    private static let pipe: (reading: Int32, writing: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return (-1, -1) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        return (ends[0], ends[1])
    }()
    private static let before = Mutex<[Int32: sigaction]>([:])

    /// The descriptor that is readable when ``next()`` has something.
    static var descriptor: Int32 { self.pipe.reading }

    /// The signal that woke the thread, or 0 for ``wake()``; nil if there is nothing more.
    static func next() -> Int32? {
        var byte: UInt8 = 0
        return read(self.pipe.reading, &byte, 1) == 1 ? Int32(byte) : nil
    }

    static func wake() { self.note(0) }

    static func begin() {
        guard self.pipe.reading >= 0 else { return }
        while self.next() != nil {}
        for signal in self.watched {
            self.install(signal) { signal in
                let saved = errno
                EditingSignals.note(signal)
                errno = saved
            }
        }
        for signal in self.fatal {
            self.install(signal) { signal in
                TerminalModes.restore()
                Glibc.signal(signal, SIG_DFL)
                raise(signal)
            }
        }
    }

    static func end() {
        self.before.withLock { before in
            for (signal, action) in before {
                var action = action
                sigaction(signal, &action, nil)
            }
            before = [:]
        }
    }

    /// Stops the process as SIGTSTP does without a handler; returns when it continues.
    static func stop() {
        self.end()
        // Threads of Dispatch block all signals.
        var stop = sigset_t()
        var blocked = sigset_t()
        sigemptyset(&stop)
        sigaddset(&stop, SIGTSTP)
        pthread_sigmask(SIG_UNBLOCK, &stop, &blocked)
        raise(SIGTSTP)
        pthread_sigmask(SIG_SETMASK, &blocked, nil)
        self.begin()
    }

    private static func note(_ signal: Int32) {
        var byte = UInt8(truncatingIfNeeded: signal)
        _ = write(self.pipe.writing, &byte, 1)
    }

    private static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        var old = sigaction()
        action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        guard sigaction(signal, &action, &old) == 0 else { return }
        self.before.withLock { $0[signal] = old }
    }
}
