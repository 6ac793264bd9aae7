import Glibc

/// The lines that were typed at a prompt, in a file of the user's state folder that only the user can read.
package struct HistoryFile: Sendable {
    let path: String
    /// The number of lines that are read back.
    let limit: Int

    /// The largest part of the file that is read, and the longest line that is kept.
    private static let mostBytes = 1 << 20
    private static let longestLine = 4096

    /// The file `$XDG_STATE_HOME/eio-lua/NAME`, or that in `~/.local/state/eio-lua`; nil without a home folder.
    package init?(named name: String) {
        func folder(_ variable: String) -> String? {
            guard let value = getenv(variable).map({ String(cString: $0) }), value.hasPrefix("/") else { return nil }
            return value
        }
        guard let state = folder("XDG_STATE_HOME") ?? folder("HOME").map({ $0 + "/.local/state" }) else { return nil }
        self.init(path: "\(state)/eio-lua/\(name)")
    }

    init(path: String, limit: Int = 1000) {
        self.path = path
        self.limit = limit
    }

    /// The last lines, oldest first. A file that has become long is shortened.
    func load() -> [String] {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { Glibc.close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        let skipped = max(0, size - Self.mostBytes)
        guard size > 0, lseek(descriptor, off_t(skipped), SEEK_SET) >= 0 else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: size - skipped) { buffer, count in
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress! + count, buffer.count - count)
                if got <= 0 { break }
                count += got
            }
        }
        let whole = bytes.split(separator: UInt8(ascii: "\n")).dropFirst(skipped > 0 ? 1 : 0)
        let lines = whole.filter { $0.count <= Self.longestLine }.map { String(decoding: $0, as: UTF8.self) }
        let last = Array(lines.suffix(self.limit))
        if skipped > 0 || lines.count > 2 * self.limit { self.replace(by: last) }
        return last
    }

    /// Adds a line. A history that cannot be written is not worth an error.
    func append(_ line: String) {
        guard line.utf8.count <= Self.longestLine, !line.utf8.contains(UInt8(ascii: "\n")) else { return }
        self.makeFolder()
        Self.write(line + "\n", to: self.path, O_APPEND)
    }

    private func replace(by lines: [String]) {
        let temporary = "\(self.path).\(getpid())"
        guard Self.write(lines.map { $0 + "\n" }.joined(), to: temporary, O_TRUNC) else { return }
        rename(temporary, self.path)
    }

    private func makeFolder() {
        let parts = self.path.split(separator: "/").dropLast()
        for count in 1...max(1, parts.count) { mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700) }
    }

    @discardableResult
    private static func write(_ text: String, to path: String, _ flag: Int32) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flag, 0o600)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        var text = text
        return text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count }
    }
}
