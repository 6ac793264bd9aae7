import EngineIO
import ProcessSupport

/// The standard output, and the standard error for everything that is not a message.
final class StreamOutput: ReportOutput {
    private let format: ReportFormat
    private let queue: OutputQueue

    init(_ format: ReportFormat, _ queue: OutputQueue) {
        (self.format, self.queue) = (format, queue)
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

    private func say(_ text: String) { FileDescriptorOutput.standardError.say(text) }
}

extension DisconnectDetail {
    /// The end of a session for a person.
    func text(_ reason: DisconnectReason) -> String {
        "disconnected: \(reason)\(self.message.map { ", \($0)" } ?? "")"
    }
}
