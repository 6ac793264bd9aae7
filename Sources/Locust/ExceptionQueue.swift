import LoadReport
import Metrics

/// The errors that no request stands for, each of which Locust counts by a message of its own.
///
/// A script may raise thousands a second and the master is one process: what is too much for one report waits for the
/// next ones.
package struct ExceptionQueue: Sendable {
    private struct Key: Hashable {
        let source: Int
        let error: ErrorTable.Key
    }

    private var known: [Key: UInt64] = [:]
    private var waiting: [ErrorTable.Key: Int] = [:]

    package init() {}

    /// Occurrences that were not sent yet.
    package var count: Int { self.waiting.values.reduce(0, +) }

    /// - Parameter errors: the source's totals since the test's start.
    package mutating func add(_ errors: ErrorTable, source: Int) {
        for (error, entry) in errors.entries where error.request == nil {
            let known = self.known.updateValue(entry.count, forKey: Key(source: source, error: error)) ?? 0
            if entry.count > known { self.waiting[error, default: 0] += Int(clamping: entry.count - known) }
        }
    }

    /// An error outside of any user.
    package mutating func add(_ text: String) {
        self.waiting[ErrorTable.Key(kind: "worker", text: text), default: 0] += 1
    }

    /// The next messages, of every distinct error some.
    package mutating func take(atMost limit: Int) -> [WorkerMessage] {
        var messages: [WorkerMessage] = []
        let share = max(limit / max(self.waiting.count, 1), 1)
        for (error, count) in self.waiting.sorted(by: { ($0.key.kind, $0.key.text) < ($1.key.kind, $1.key.text) }) {
            let taken = min(count, share, limit - messages.count)
            guard taken > 0 else { break }
            // The master tells exceptions apart by their traceback, so that it is the text, the same on all workers.
            let message = WorkerMessage.exception(
                message: error.text.firstLine.first,
                traceback: "\(error.kind): \(error.text)")
            messages += Array(repeating: message, count: taken)
            self.waiting[error] = taken == count ? nil : count - taken
        }
        return messages
    }
}
