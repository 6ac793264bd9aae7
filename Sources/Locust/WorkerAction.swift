/// The steps for the worker, in this order.
package enum WorkerAction: Equatable, Sendable {
    case send(WorkerMessage)
    /// Send what was measured since the last report, and the exceptions.
    case report
    case sendHeartbeat
    case sendLogs
    /// Close the connection and make a new one, under the same name or under another.
    case reconnect(newName: Bool)
    /// A test begins: forget what was measured before, and run `setup`. Users follow by `direct`.
    case startTest(SpawnOrder)
    /// Run this number of users of each class, in place of the numbers ordered before.
    case direct(UserCounts)
    /// Stop the users and run `teardown`; call `testEnded` when everything is measured.
    case endTest
    /// Measure now what the users have done, and report it.
    case measureAndReport
    case dropMeasurements
    /// A line of the worker's own log.
    case log(String)
    /// The worker's end. The last action.
    case exit(WorkerEnd)
}
