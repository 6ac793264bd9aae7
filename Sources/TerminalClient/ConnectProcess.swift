import Dispatch
import EngineIOClient
import EpollLoop
import Glibc
import LineEditor
import NIOCore
import ProcessSupport

/// `eio-lua connect` as a process: the loop on the main thread, signals, and the exit status.
package final class ConnectProcess {
    /// The time for closing the session after a signal.
    private static let grace = DispatchTimeInterval.seconds(5)

    private let settings: ConnectSettings
    private let format: ReportFormat
    private let hasPrompt: Bool
    private var run: ConnectRun?

    /// - Parameter hasPrompt: the input is typed, and may have commands.
    package init(_ settings: ConnectSettings, _ format: ReportFormat, hasPrompt: Bool) {
        (self.settings, self.format, self.hasPrompt) = (settings, format, hasPrompt)
    }

    /// Does not return.
    package func start() -> Never {
        do {
            try EpollEventLoop.runOnCurrentThread { self.start(on: $0) }
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: cannot start: \(SystemError.text(error))")
        }
        exit(1)
    }

    private func start(on eventLoop: any EventLoop) {
        let target = NIOLoopBound(self, eventLoop: eventLoop)
        let queue = OutputQueue(
            .standardOutput,
            relieved: { eventLoop.execute { target.value.run?.outputRelieved() } },
            failed: { error in eventLoop.execute { target.value.run?.outputFailed(error) } })
        var format = self.format
        format.isMarked = self.hasPrompt
        let names = EventNames()
        let editor = self.hasPrompt ? self.makeEditor(names) : nil
        let run = ConnectRun(
            self.settings, link: self.makeLink(ClientLoop(eventLoop: eventLoop)), eventLoop: eventLoop,
            output: StreamOutput(format, queue, isOneTerminal: format.isTerminal && isatty(STDERR_FILENO) != 0),
            hasPrompt: self.hasPrompt, editor: editor, names: names,
            ended: { exit($0) })
        self.run = run
        Signals.install(interrupter: { signal in
            let status = ExitStatus.signalled(signal)
            eventLoop.execute { target.value.run?.interrupt(status) }
            // A reader that has stopped would keep the output from being written.
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.grace) {
                TerminalModes.restore()
                _exit(status)
            }
        })
        run.start()
    }

    private func makeEditor(_ names: EventNames) -> LineEditor? {
        LineEditor(program: "eio-lua", history: HistoryFile(named: "connect_history")) { names.completion(of: $0) }
    }

    private func makeLink(_ loop: ClientLoop) -> any ServerLink {
        if let socketIO = self.settings.link.socketIO {
            return SocketIOLink(self.settings.link, socketIO, loop: loop)
        }
        return EngineLink(self.settings.link, loop: loop)
    }
}
