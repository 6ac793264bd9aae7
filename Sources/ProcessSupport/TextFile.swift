import Glibc

/// Whole files of text.
package enum TextFile {
    /// - Parameter path: `-` is the standard output.
    /// - Throws: `UsageError` with the file's name and the system's reason.
    package static func write(_ text: String, to path: String) throws(UsageError) {
        if path == "-" { return try PersonOutput.standardOutput.write(text) }
        guard let file = fopen(ProcessArguments.path(path), "w") else {
            throw UsageError("cannot write \(path): \(SystemError.text(errno))")
        }
        let written = Array(text.utf8).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        // Closing may fail where writing did not: what a buffer held is written only now.
        let isIncomplete = written != text.utf8.count
        let code = errno
        guard fclose(file) == 0, !isIncomplete else {
            throw UsageError("cannot write \(path): \(SystemError.text(isIncomplete ? code : errno))")
        }
    }

    /// Puts the text in the place of a file in one step: who reads the file sees the old text or the new one.
    ///
    /// - Throws: `UsageError` with the file's name and the system's reason.
    package static func replace(_ path: String, with text: String) throws(UsageError) {
        if path == "-" { return try self.write(text, to: path) }
        let beside = path + ".part"
        try self.write(text, to: beside)
        guard rename(ProcessArguments.path(beside), ProcessArguments.path(path)) == 0 else {
            throw UsageError("cannot write \(path): \(SystemError.text(errno))")
        }
    }

    /// Writes the file, or reports on the standard error why not.
    ///
    /// - Parameter replaces: in one step, as ``replace(_:with:)`` does.
    /// - Returns: whether it is written.
    package static func save(_ text: String, to path: String, replaces: Bool = false) -> Bool {
        do {
            if replaces { try self.replace(path, with: text) } else { try self.write(text, to: path) }
            return true
        } catch {
            FileDescriptorOutput.standardError.say("eio-lua: \(error)")
            return false
        }
    }

    /// The most bytes of a file that is read: a device or a pipe may have no end.
    private static let longest = 256 << 20

    /// - Throws: `UsageError` with the file's name and the reason.
    package static func read(_ path: String) throws(UsageError) -> [UInt8] {
        guard let file = fopen(ProcessArguments.path(path), "r") else {
            throw UsageError("cannot read \(path): \(SystemError.text(errno))")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            bytes += chunk[..<count]
            if count < chunk.count { break }
            if bytes.count > self.longest { throw UsageError("cannot read \(path): it is longer than 256 MiB") }
        }
        guard ferror(file) == 0 else { throw UsageError("cannot read \(path): \(SystemError.text(errno))") }
        return bytes
    }
}
