import Glibc

/// The files that one command writes: each can be had, and no two are one file, whatever they are called.
package struct OutputPaths {
    /// The identity that two names of one file share.
    private enum Identity: Hashable {
        case standardOutput
        case file(device: UInt64, number: UInt64)
        /// A name in a folder: the file need not be there yet, and may be another one later.
        case entry(device: UInt64, number: UInt64, name: [UInt8])
    }

    private var owners: [Identity: String] = [:]

    /// Links that lead to links.
    private static let maximumLinks = 40

    package init() {
        // The shell may have led them into a file.
        for (descriptor, name) in [(STDOUT_FILENO, "the standard output"), (STDERR_FILENO, "the standard error")] {
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            self.owners[Self.file(status)] = name
        }
    }

    /// - Throws: `UsageError` where the one output of a command cannot be had, or is one of its scripts.
    package static func check(export: String?, besides scripts: [String]) throws(UsageError) {
        guard let export else { return }
        var paths = Self()
        for script in scripts { paths.reserve(script, "the script") }
        try paths.add(export, "--summary-export")
    }

    /// Notes a file that no output may be.
    package mutating func reserve(_ path: String, _ what: String) {
        for identity in Self.identities(of: path) { self.owners[identity] = what }
    }

    /// - Parameters:
    ///   - path: `-` is the standard output.
    ///   - option: which names it, for messages.
    ///   - isChecked: false for one whose opening tells whether it can be had.
    /// - Throws: `UsageError` where the file cannot be written, or is another output's.
    package mutating func add(_ path: String, _ option: String, isChecked: Bool = true) throws(UsageError) {
        if isChecked, path != "-", let code = Self.problem(path) {
            throw UsageError("\(option): cannot write \(path): \(SystemError.text(code))")
        }
        let identities = path == "-" ? [.standardOutput] : Self.identities(of: path)
        for identity in identities {
            if let owner = self.owners[identity] {
                let file = path == "-" ? "the standard output" : path
                throw UsageError(
                    "\(option): \(file) is taken by \(owner): give each output a file of its own")
            }
        }
        for identity in identities { self.owners[identity] = option }
    }

    /// The `errno` of opening the file; nil if it can be written.
    private static func problem(_ path: String) -> Int32? {
        var status = stat()
        if stat(ProcessArguments.path(path), &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return EISDIR }
            return access(ProcessArguments.path(path), W_OK) == 0 ? nil : errno
        }
        if errno != ENOENT { return errno }
        let (folder, name) = self.split(self.target(of: ProcessArguments.path(path)))
        if name.isEmpty { return EISDIR }
        if stat(folder, &status) != 0 { return errno }
        if status.st_mode & S_IFMT != S_IFDIR { return ENOTDIR }
        return access(folder, W_OK | X_OK) == 0 ? nil : errno
    }

    /// Empty for what takes any number of writers, as /dev/null does.
    private static func identities(of path: String) -> [Identity] {
        var identities: [Identity] = []
        var status = stat()
        if stat(ProcessArguments.path(path), &status) == 0 {
            let kind = status.st_mode & S_IFMT
            guard kind == S_IFREG || kind == S_IFIFO else { return [] }
            identities.append(self.file(status))
        }
        let (folder, name) = self.split(self.target(of: ProcessArguments.path(path)))
        if stat(folder, &status) == 0 {
            identities.append(
                .entry(
                    device: UInt64(truncatingIfNeeded: status.st_dev),
                    number: UInt64(truncatingIfNeeded: status.st_ino),
                    name: name.map { UInt8(bitPattern: $0) }))
        }
        return identities
    }

    private static func file(_ status: stat) -> Identity {
        .file(device: UInt64(truncatingIfNeeded: status.st_dev), number: UInt64(truncatingIfNeeded: status.st_ino))
    }

    /// Where a link leads in the end, whether there is a file or not.
    private static func target(of path: [CChar]) -> [CChar] {
        var path = path
        for _ in 0..<self.maximumLinks {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let length = readlink(path, &buffer, Int(PATH_MAX))
            guard length > 0 else { break }
            let link = buffer[..<length] + [0]
            let isAbsolute = link.first == CChar(bitPattern: UInt8(ascii: "/"))
            path =
                isAbsolute
                ? Array(link) : self.split(path).folder.dropLast() + [CChar(bitPattern: UInt8(ascii: "/"))] + link
        }
        return path
    }

    /// The folder, with its zero at the end, and the name in it.
    private static func split(_ path: [CChar]) -> (folder: [CChar], name: [CChar]) {
        let slash = CChar(bitPattern: UInt8(ascii: "/"))
        let path = path.dropLast()
        guard let last = path.lastIndex(of: slash) else {
            return ([CChar(bitPattern: UInt8(ascii: ".")), 0], Array(path))
        }
        return (last == path.startIndex ? [slash, 0] : path[..<last] + [0], Array(path[(last + 1)...]))
    }
}
