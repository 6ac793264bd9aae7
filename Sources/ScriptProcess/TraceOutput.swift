import EngineIOClient
import Glibc
import ProcessSupport
import Synchronization

/// Writes one line for each event, at once: a trace is there when the program crashes or is killed.
package final class TraceOutput: PacketTracer {
    private let output: FileDescriptorOutput
    private let format: TraceTarget.Format
    /// Nil for the standard error.
    private let path: String?
    private let sessions = Atomic<Int>(0)
    private let failed = Atomic<Bool>(false)

    init(_ output: FileDescriptorOutput, _ format: TraceTarget.Format, path: String? = nil) {
        self.output = output
        self.format = format
        self.path = path
    }

    /// Whether a file could not be written to its end.
    var hasFailed: Bool { self.failed.load(ordering: .relaxed) }

    package func nextSession() -> Int { self.sessions.add(1, ordering: .relaxed).newValue }

    package func trace(_ event: TraceEvent) {
        let nanoseconds = WallClock.nanoseconds()
        if self.hasFailed { return }
        let line = self.format == .text ? event.text(at: nanoseconds) : event.json(at: nanoseconds)
        guard let code = self.output.write(line + "\n"), let path else { return }
        if self.failed.exchange(true, ordering: .relaxed) { return }
        FileDescriptorOutput.standardError.say(
            "error: cannot write the trace to \(path): \(SystemError.text(code)); the run goes on without it")
    }
}
