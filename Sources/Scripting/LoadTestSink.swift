/// What a script's `loadtest` module records. All calls come on the script's loop, from within a slice of Lua: they
/// must not call the script. Times are in seconds.
package protocol LoadTestSink: AnyObject {
    /// The number by which a name is told from now on; a group's is not 0.
    func intern(_ kind: LoadTestName, _ text: String) -> UInt32
    /// - Throws: ``LoadTestError`` where the name is taken by a metric of another kind.
    func createMetric(_ kind: LoadTestMetric, _ name: String, isTime: Bool) throws(LoadTestError) -> Int32
    /// - Parameter value: of a rate 0 or 1.
    func add(_ metric: UInt32, _ value: Double, _ tags: LoadTestTags)
    func checkEnded(_ check: UInt32, passed: Bool, _ tags: LoadTestTags)
    func groupEnded(after seconds: Double, _ tags: LoadTestTags)
    /// - Parameter error: what the timed function raised.
    func timeEnded(_ name: UInt32, after seconds: Double, error: String?, _ tags: LoadTestTags)
    /// - Parameters:
    ///   - service: since the round's start.
    ///   - response: since the start that was intended.
    func paceEnded(service: Double, response: Double, _ tags: LoadTestTags)
    /// The script wants the whole test to end.
    func abortTest(_ message: String)
}

package enum LoadTestName: Sendable {
    case group, check, time
}

package enum LoadTestMetric: Sendable {
    case counter, gauge, rate, trend
}

/// Tags of one sample.
package struct LoadTestTags {
    /// The number of the group, or 0.
    package var group: UInt32
    package var pairs: [(key: String, value: String)]
}

package struct LoadTestError: Error {
    package var message: String

    package init(_ message: String) {
        self.message = message
    }
}

/// How a call of a script's function ended.
package enum CallOutcome: Sendable {
    /// The first result as JSON, empty for nil or where none was wanted.
    case returned(String)
    /// Its error was reported.
    case failed
    case cancelled
    /// `os.exit` was called with this status.
    case exited(String)
}
