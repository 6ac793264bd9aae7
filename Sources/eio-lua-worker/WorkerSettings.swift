import Glibc
import LoadEngine
import LoadOutput
import LoadReport
import ProcessSupport

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
    /// `--locust-pushes`.
    var countsPushes: Bool
    /// As an export may show it.
    var commandLine: String
    var summary: WorkerSummary
}

/// What is shown and written when a test has ended.
struct WorkerSummary: Sendable {
    var isQuiet: Bool
    var hasColor: Bool
    var export: String?

    func show(_ result: RunResult) throws {
        let person = PersonOutput(besides: [self.export])
        if !self.isQuiet {
            try person.show(EndSummary(result, hasColor: self.hasColor && person.isTerminal).text)
        }
        // A reader sees the former test's summary or this one, and no half of it.
        if let path = self.export { try TextFile.replace(path, with: result.export()) }
    }
}
