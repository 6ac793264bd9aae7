import Dispatch
import Glibc
import Synchronization

/// SIGINT, SIGTERM, and SIGHUP unless it was ignored when the program started: the first one asks the program to end,
/// the second one ends it at once.
///
/// A handler writes the signal's number into a pipe, and a dispatch source reads it. signalfd, and dispatch's own
/// sources for signals, need the signals to be blocked or ignored in the whole process; the programs that a script
/// starts would inherit that, and Ctrl-C would not end them. A handler is reset by exec.
package enum Signals {
    private final class Receiver: Sendable {
        let interceptor: @Sendable (Int32) -> Bool
        let interrupter: @Sendable (Int32) -> Void
        let secondStatus: @Sendable (Int32) -> Int32
        let handler: @Sendable (Int32) -> Void
        let count = Atomic<Int>(0)

        init(
            interceptor: @escaping @Sendable (Int32) -> Bool, interrupter: @escaping @Sendable (Int32) -> Void,
            secondStatus: @escaping @Sendable (Int32) -> Int32,
            handler: @escaping @Sendable (Int32) -> Void
        ) {
            self.interceptor = interceptor
            self.interrupter = interrupter
            self.secondStatus = secondStatus
            self.handler = handler
        }

        func received(_ signal: Int32) {
            if self.interceptor(signal) { return }
            if self.count.add(1, ordering: .relaxed).newValue > 1 {
                TerminalModes.restore()
                _exit(self.secondStatus(signal))
            }
            self.interrupter(signal)
            // On another queue, so that a handler that waits does not keep the second signal from being received.
            Signals.handlers.async { self.handler(signal) }
        }
    }

    private static let receiver = Mutex<Receiver?>(nil)
    private static let handlers = DispatchQueue(label: "eio-lua.signal.handlers")
    private static let source = Source()

    /// Installs the handlers, in place of those of an earlier call.
    ///
    /// - Parameters:
    ///   - interceptor: called for each signal before anything else; it may not wait. It returns true if the signal
    ///     does not ask for the end of the program, such as Ctrl-C at a prompt.
    ///   - interrupter: called for the first signal before anything else; it may not wait.
    ///   - secondStatus: the exit status at the second signal.
    ///   - handler: called for the first signal, on a thread of its own, perhaps late; it may wait.
    package static func install(
        interceptor: @escaping @Sendable (Int32) -> Bool = { _ in false },
        interrupter: @escaping @Sendable (Int32) -> Void = { _ in },
        secondStatus: @escaping @Sendable (Int32) -> Int32 = ExitStatus.signalled,
        handler: @escaping @Sendable (Int32) -> Void = { _ in }
    ) {
        let new = Receiver(
            interceptor: interceptor, interrupter: interrupter, secondStatus: secondStatus, handler: handler)
        self.receiver.withLock { $0 = new }
        self.source.install()
    }

    private static func received(_ signal: Int32) {
        self.receiver.withLock { $0 }?.received(signal)
    }

    /// The pipe and the source that reads it.
    private final class Source: Sendable {
        let writing: Int32
        /// Kept alive; nothing changes it after the start.
        private nonisolated(unsafe) let source: any DispatchSourceRead

        init() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                // Without it no signal would end the program.
                FileDescriptorOutput.standardError.say(
                    "eio-lua: cannot start: a pipe for signals: \(SystemError.text(errno))")
                _exit(1)
            }
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
            let reading = ends[0]
            self.writing = ends[1]
            self.source = DispatchSource.makeReadSource(
                fileDescriptor: reading, queue: DispatchQueue(label: "eio-lua.signals"))
            self.source.setEventHandler {
                var signal: UInt8 = 0
                while read(reading, &signal, 1) == 1 { Signals.received(Int32(signal)) }
            }
            self.source.activate()
        }

        func install() {
            var action = sigaction()
            // The pipe exists: the access to `source` allocates nothing and takes no lock.
            action.__sigaction_handler.sa_handler = { signal in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: signal)
                _ = write(Signals.source.writing, &byte, 1)
                errno = saved
            }
            action.sa_flags = SA_RESTART
            sigaction(SIGINT, &action, nil)
            sigaction(SIGTERM, &action, nil)
            // A program that is started with SIGHUP ignored, as by nohup, is to survive its terminal.
            var before = sigaction()
            if sigaction(SIGHUP, nil, &before) == 0, !Self.isIgnored(before) { sigaction(SIGHUP, &action, nil) }
            signal(SIGPIPE, SIG_IGN)
        }

        private static func isIgnored(_ action: sigaction) -> Bool {
            unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        }
    }
}
