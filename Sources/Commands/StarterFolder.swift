import Glibc
import ProcessSupport
import StarterFiles

/// The folder that `eio-lua init` writes into.
struct StarterFolder {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    func path(_ file: StarterFiles.File) -> String { self.path(file.path) }

    /// Writes the files. One that is there already with the same text stays.
    ///
    /// - Returns: the paths of those that were not there.
    /// - Throws: `UsageError` for a file that is there with another text, before anything is written.
    func write(_ files: [StarterFiles.File]) throws(UsageError) -> [String] {
        var missing: [StarterFiles.File] = []
        for file in files where try !self.hasAlready(file) { missing.append(file) }
        for file in missing {
            try self.makeFolders(of: self.path(file))
            try self.create(file)
        }
        return missing.map { self.path($0) }
    }

    private func path(_ path: String) -> String {
        if self.folder == "." { return path }
        return self.folder.hasSuffix("/") ? self.folder + path : "\(self.folder)/\(path)"
    }

    private func hasAlready(_ file: StarterFiles.File) throws(UsageError) -> Bool {
        var status = stat()
        let path = self.path(file)
        // A link that leads nowhere is there, too.
        guard lstat(ProcessArguments.path(path), &status) == 0 else {
            if errno == ENOENT { return false }
            throw UsageError("cannot write \(path): \(SystemError.text(errno))")
        }
        let mayBeSame = status.st_mode & S_IFMT == S_IFREG && Int(status.st_size) == file.text.utf8.count
        if mayBeSame, try TextFile.read(path) == Array(file.text.utf8) { return true }
        throw UsageError("\(path) is there already, and is not overwritten; nothing was written")
    }

    private func makeFolders(of path: String) throws(UsageError) {
        for (offset, byte) in path.utf8.enumerated() where byte == UInt8(ascii: "/") && offset > 0 {
            let folder = String(decoding: path.utf8.prefix(offset), as: UTF8.self)
            if mkdir(ProcessArguments.path(folder), 0o777) != 0, errno != EEXIST {
                throw UsageError("cannot make the folder \(folder): \(SystemError.text(errno))")
            }
        }
    }

    /// Another program may have made the file meanwhile.
    private func create(_ file: StarterFiles.File) throws(UsageError) {
        let path = self.path(file)
        let descriptor = open(ProcessArguments.path(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw UsageError("cannot write \(path): \(SystemError.text(errno))") }
        let failure = FileDescriptorOutput(descriptor: descriptor).write(file.text)
        let closing = close(descriptor) == 0 ? nil : errno
        if let code = failure ?? closing { throw UsageError("cannot write \(path): \(SystemError.text(code))") }
    }
}
