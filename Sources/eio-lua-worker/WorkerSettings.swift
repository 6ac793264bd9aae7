import Glibc
import LoadEngine
import LoadOutput
import LoadReport
import ProcessSupport

/// The settings of a worker.
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
