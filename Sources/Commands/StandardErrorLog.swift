import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file descriptor that lines are written to, each in one piece, from any thread.
package struct FileDescriptorOutput: Sendable {
    package static let standardError = FileDescriptorOutput(descriptor: STDERR_FILENO)

    let descriptor: Int32

    package func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(self.descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                // A standard error that is closed has nobody left to tell.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}

/// Log lines on the standard error: `warning: WebSocket upgrade failed: …`.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        FileDescriptorOutput.standardError.write("\(event.level): \(event.message)\n")
    }
}
