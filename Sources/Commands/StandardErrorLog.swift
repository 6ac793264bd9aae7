import CLuaHost
import Glibc
import JSONText
import Logging
import Scripting

/// A file descriptor that lines are written to, each in one piece, from any thread.
package struct FileDescriptorOutput: Sendable {
    package static let standardError = FileDescriptorOutput(descriptor: STDERR_FILENO)

    let descriptor: Int32

    /// Writes a sentence for a person, who may have both streams in one file: what was printed before it comes before it. What
    /// would change a terminal is written out: scripts and servers have their words in it.
    package func say(_ text: String) {
        luahost_flush_without_waiting()
        // A standard error that is closed has nobody left to tell.
        self.write(VisibleText.lines(text) + "\n")
    }

    /// Writes the text as it is.
    ///
    /// - Returns: what `errno` was where not all of it is written; else nil.
    @discardableResult
    package func write(_ text: String) -> Int32? {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(self.descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    guard errno == EAGAIN else { return errno }
                    var waiting = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&waiting, 1, -1)
                    continue
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return nil
        }
    }
}

/// Log lines on the standard error: `warning: WebSocket upgrade failed: …`. Warnings that many clients give alike are one
/// with a count; what scripts log themselves, and what is logged for those who want to see everything, is written as it is.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = "\(event.level): \(VisibleText.entry("\(event.message)"))"
        if event.level < .warning || event.source == ScriptHost.scriptSource {
            FileDescriptorOutput.standardError.say(line)
        } else {
            RepeatedLines.report(line)
        }
    }
}
