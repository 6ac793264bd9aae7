import Glibc
import ProcessSupport

/// Where `--trace` writes, and how.
package struct TraceTarget: Equatable {
    package enum Format: String, CaseIterable {
        case text
        case json
    }

    package var isOn = false
    package var format = Format.text
    /// A file; nil is the standard error.
    package var path: String?

    package static func format(named name: String) throws(UsageError) -> Format {
        guard let format = Format(rawValue: name) else {
            throw UsageError("unknown trace format '\(name)': use text or json")
        }
        return format
    }

    package init(isOn: Bool = false, format: Format = .text, path: String? = nil) {
        (self.isOn, self.format, self.path) = (isOn, format, path)
    }

    /// The tracer, or nil where nothing is to be traced.
    package func open() throws(UsageError) -> TraceOutput? {
        guard self.isOn || self.path != nil else { return nil }
        guard let path = self.path else { return TraceOutput(.standardError, self.format) }
        // It has what went over the wire: for its owner only.
        let descriptor = Glibc.open(
            ProcessArguments.path(path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)
        var status = stat()
        // A file that was there before has the mode that it had.
        guard descriptor >= 0, fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT != S_IFREG || fchmod(descriptor, S_IRUSR | S_IWUSR) == 0
        else {
            throw UsageError("cannot write the trace to \(path): \(SystemError.text(errno))")
        }
        return TraceOutput(FileDescriptorOutput(descriptor: descriptor), self.format, path: path)
    }
}
