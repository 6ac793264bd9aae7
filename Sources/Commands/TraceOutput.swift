import EngineIOClient
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where `--trace` writes, and how.
struct TraceTarget: Equatable {
    enum Format: String, CaseIterable {
        case text
        case json
    }

    var isOn = false
    var format = Format.text
    /// A file; nil is the standard error.
    var path: String?

    static func format(named name: String) throws(UsageError) -> Format {
        guard let format = Format(rawValue: name) else {
            throw UsageError("unknown trace format '\(name)': use text or json")
        }
        return format
    }

    /// The tracer, or nil where nothing is to be traced.
    func open() throws(UsageError) -> TraceOutput? {
        guard self.isOn || self.path != nil else { return nil }
        guard let path = self.path else { return TraceOutput(.standardError, self.format) }
        // It has what went over the wire: for its owner only.
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)
        guard descriptor >= 0 else {
            throw UsageError("cannot write the trace to \(path): \(String(cString: strerror(errno)))")
        }
        return TraceOutput(FileDescriptorOutput(descriptor: descriptor), self.format)
    }
}

/// Writes one line for each event, at once: a trace is there when the program crashes or is killed.
final class TraceOutput: PacketTracer {
    private let output: FileDescriptorOutput
    private let format: TraceTarget.Format
    private let sessions = Atomic<Int>(0)

    init(_ output: FileDescriptorOutput, _ format: TraceTarget.Format) {
        self.output = output
        self.format = format
    }

    func nextSession() -> Int { self.sessions.add(1, ordering: .relaxed).newValue }

    func trace(_ event: TraceEvent) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let nanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        switch self.format {
        case .text: self.output.write(event.text(at: nanoseconds) + "\n")
        case .json: self.output.write(event.json(at: nanoseconds) + "\n")
        }
    }
}
