import LineEditor
import NIOCore
import ProcessSupport

/// Lines that are typed at a prompt.
extension ConnectRun {
    static let prompt = "> "

    func typed(_ input: LineEditor.Input) {
        self.isReadingInput = false
        switch input {
        case .ended: self.typed(nil)
        // The signal ends the run.
        case .interrupted: break
        case .line(let line): self.typed([.line(Array(line.utf8))])
        }
    }

    /// - Parameter lines: nil at the end of the input.
    func typed(_ lines: [LineSplitter.Line]?) {
        guard let lines else { return self.finish(0) }
        for line in lines where self.status == nil {
            switch line {
            case .line(let bytes): self.perform(String(decoding: bytes, as: UTF8.self))
            case .tooLong: self.output.problem("the line is longer than \(InputQueue.longestLine >> 20) MiB")
            }
        }
        self.pump()
        self.check()
        self.readInput()
    }

    private func perform(_ line: String) {
        do throws(UsageError) {
            guard let command = try PromptCommand(line, self.settings.input) else { return }
            try self.perform(command)
        } catch {
            self.output.problem(error.description)
        }
    }

    private func perform(_ command: PromptCommand) throws(UsageError) {
        switch command {
        case .send(let message):
            guard self.stage == .open else { throw UsageError("not connected: .connect begins a session") }
            if case .event(let event) = message { self.names.add(event.name) }
            self.queue.add(message)
        case .help:
            self.output.note(PromptCommand.helpText)
        case .info:
            self.output.note(self.information)
        case .trace(let isOn):
            self.settings.link.trace?.turn(on: isOn)
        case .disconnect:
            guard self.stage == .open else { throw UsageError("not connected") }
            self.isPaused = true
            self.link.close(timeout: .seconds(30))
        case .connect:
            guard self.stage == .over else { throw UsageError("there is a session already") }
            self.connectAgain()
        case .quit:
            self.finish(0)
        }
    }

    private var information: String {
        guard self.stage == .open, let opening else { return "not connected" }
        return """
            \(opening.text)
            \(self.sentCount) sent, \(self.receivedCount) received, \(self.link.bufferedBytes) bytes not yet written
            """
    }
}
