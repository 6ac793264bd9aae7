/// Receives the samples of a script's `loadtest` module. Times are in seconds.
///
/// All calls come on the script's loop, from within a slice of Lua, so they must not call the script.
package protocol LoadTestSink: AnyObject {
    /// The number by which a name is reported from now on; a group's is not 0.
    func intern(_ kind: LoadTestName, _ text: String) -> UInt32
    /// - Throws: ``LoadTestError`` if a metric of another kind has the name.
    func createMetric(_ kind: LoadTestMetric, _ name: String, isTime: Bool) throws(LoadTestError) -> Int32
    /// - Parameter value: of a rate 0 or 1.
    func add(_ metric: UInt32, _ value: Double, _ tags: LoadTestTags)
    func checkEnded(_ check: UInt32, passed: Bool, _ tags: LoadTestTags)
    func groupEnded(after seconds: Double, _ tags: LoadTestTags)
    /// - Parameter error: the text of the error that the timed function raised.
    func timeEnded(_ name: UInt32, after seconds: Double, error: String?, _ tags: LoadTestTags)
    /// - Parameters:
    ///   - service: since the round's start.
    ///   - response: since the start that was intended.
    func paceEnded(service: Double, response: Double, _ tags: LoadTestTags)
    /// The script wants the whole test to end.
    func abortTest(_ message: String)
}
