import NIOCore

/// One user of a scenario on its loop.
protocol VirtualUser: AnyObject {
    /// - Parameter iterationInTest: counts from 0, over all users of the scenario.
    func startIteration(_ iterationInTest: Int)
    /// - Parameter graceful: how long a running iteration may go on.
    func stop(graceful: Duration)
    /// The last ``stop(graceful:)`` does not hold any more.
    func keep()
}

extension VirtualUser {
    /// Time limit for disconnecting and for the handlers when a user is stopped.
    static var stopTimeout: TimeAmount { .seconds(5) }
}
