import EngineIO
import JSONText
import ProcessSupport

/// The standard output, and the standard error for everything that is not a message.
final class StreamOutput: ReportOutput {
    private let format: ReportFormat
    private let queue: OutputQueue
    private let isOneTerminal: Bool

    /// - Parameter isOneTerminal: both are the same terminal, on which everything appears in its order.
    init(_ format: ReportFormat, _ queue: OutputQueue, isOneTerminal: Bool) {
        (self.format, self.queue, self.isOneTerminal) = (format, queue, isOneTerminal)
    }

    func add(_ report: Report) -> Bool {
        guard let bytes = self.format.output(report, at: WallClock.nanoseconds()) else { return true }
        return self.queue.add(bytes)
    }

    func opened(_ opening: Report.Opening) {
        if !self.format.isJSON { self.say(opening.text) }
    }

    func closed(_ reason: DisconnectReason, _ detail: DisconnectDetail) {
        if !self.format.isJSON { self.say(detail.text(reason)) }
    }

    func note(_ text: String) { self.say(text) }

    func problem(_ text: String) { self.say("eio-lua: \(text)") }

    func finish(_ completion: @escaping @Sendable () -> Void) { self.queue.finish(completion) }

    private func say(_ text: String) {
        guard self.isOneTerminal else { return FileDescriptorOutput.standardError.say(text) }
        // Messages of the server may still wait, and came before.
        _ = self.queue.add(Array((VisibleText.lines(text) + "\n").utf8))
    }
}

extension DisconnectDetail {
    /// The end of a session for a person.
    func text(_ reason: DisconnectReason) -> String {
        "disconnected: \(reason)\(self.message.map { ", \($0)" } ?? "")"
    }
}
