import Locust
import Metrics

/// A message of a test's threads, or of a signal, to the thread that talks to the master.
enum WorkerEvent: Sendable {
    /// A script's totals since the test's start.
    case measured(script: Int, LocustRequests, ErrorTable)
    case usersStarted(UserCounts)
    /// Something outside of any user went wrong.
    case failed(String)
    /// No iteration, or no connect, of the test succeeded.
    case measuredNothing(String)
    case testEnded
    case leave(WorkerEnd)
    case logged(String)
}
