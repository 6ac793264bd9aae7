import Logging
import Scripting
import Synchronization

/// Keeps log entries as lines: the level, `script` if a script wrote it, the text.
struct LineLog: LogHandler {
    private final class Lines: Sendable {
        let storage = Mutex<[String]>([])
    }

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning
    private let kept = Lines()

    var lines: [String] { self.kept.storage.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let writer = event.source == ScriptHost.scriptSource ? " script" : ""
        self.kept.storage.withLock { $0.append("\(event.level)\(writer): \(event.message)") }
    }
}
