import JSONText
import Logging
import ProcessSupport
import Scripting

/// Log lines on the standard error: `warning: WebSocket upgrade failed: …`. Equal warnings of many clients become one
/// line with a count; lines that scripts log themselves, and those below warnings, are written as they are.
package struct StandardErrorLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.warning

    package init() {}

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = "\(event.level): \(VisibleText.entry("\(event.message)"))"
        if event.level < .warning || event.source == ScriptHost.scriptSource {
            FileDescriptorOutput.standardError.say(line)
        } else {
            RepeatedLines.report(line)
        }
    }
}
