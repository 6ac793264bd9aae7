import Commands
import LoadEngine
import LoadReport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a worker is started with.
struct WorkerSettings: Sendable {
    static let version = Version.number

    var host: String
    var port: Int
    var scripts: [WorkerScript]
    /// Event loops of each script.
    var threads: Int
    /// Nil for another one for each test.
    var seed: UInt64?
    /// `--url`.
    var url: String?
    var network: UserNetwork
    var summary: WorkerSummary
}

/// What is shown and written when a test has ended.
struct WorkerSummary: Sendable {
    var isQuiet: Bool
    var hasColor: Bool
    var export: String?

    func show(_ result: RunResult) throws {
        if !self.isQuiet {
            print(EndSummary(result, hasColor: self.hasColor).text)
            fflush(nil)
        }
        if let path = self.export { try Self.write(result.export(), to: path) }
    }

    private static func write(_ text: String, to path: String) throws {
        // A reader of the file sees the former test's summary or this one, and no half of it.
        let draft = path + ".part"
        guard let file = fopen(draft, "w") else { throw Self.error(path) }
        let written = Array(text.utf8).withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        guard fclose(file) == 0, written == text.utf8.count, rename(draft, path) == 0 else { throw Self.error(path) }
    }

    private static func error(_ path: String) -> UsageError {
        UsageError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
