import CStdio
import Glibc
import JSONText

/// A file descriptor that lines are written to, each in one piece, from any thread.
package struct FileDescriptorOutput: Sendable {
    package static let standardError = FileDescriptorOutput(descriptor: STDERR_FILENO)
    package static let standardOutput = FileDescriptorOutput(descriptor: STDOUT_FILENO)

    package let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes a message for a person, after everything that was printed before it, because both streams may be one
    /// file. Control characters are escaped: the text may contain words of scripts and servers.
    package func say(_ text: String) {
        stdio_flush_output_without_waiting()
        // A closed standard error has no reader who could be informed.
        self.write(VisibleText.lines(text) + "\n")
    }

    /// Writes the text as it is.
    ///
    /// - Returns: `errno` if not all of it was written; else nil.
    @discardableResult
    package func write(_ text: String) -> Int32? {
        var text = text
        return text.withUTF8 { self.write(UnsafeRawBufferPointer($0)) }
    }

    /// - Returns: `errno` if not all bytes were written; else nil.
    package func write(_ bytes: [UInt8]) -> Int32? { bytes.withUnsafeBytes { self.write($0) } }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        if let line = ShownLines.current, isatty(self.descriptor) != 0 {
            return line.write(bytes, to: self.descriptor)
        }
        return self.writeDirectly(bytes)
    }

    /// Writes the bytes without regard to a line that is edited.
    ///
    /// - Returns: `errno` if not all of it was written; else nil.
    @discardableResult
    package func writeDirectly(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        var rest = bytes
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
