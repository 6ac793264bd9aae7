import Dispatch
import LoadReport

/// One thing that a load run writes, while it goes on or when it has ended.
///
/// An output that writes on a thread of its own ends in two steps, so that all of them end at the same time.
package protocol RunOutput: Sendable {
    /// A sentence about an output that can still be used after the run, without a full stop; nil for others.
    var invitation: String? { get }
    /// Takes the run before its script is called.
    func begin(_ run: RunStart)
    /// Takes the measurements so far. Called each second, and once after the run; must not wait.
    func show(_ snapshot: RunSnapshot)
    /// News for a person, each once.
    func takeNews() -> [String]
    /// Begins the end of what is written while the run goes on; it may take this time.
    func end(within time: Duration)
    /// Waits for that end.
    ///
    /// - Returns: whether everything was written.
    func waitForEnd(until deadline: DispatchTime) -> Bool
    /// Takes the result, after the summary is shown and the exit status is known.
    ///
    /// - Returns: whether it was written; otherwise the reason is on the standard error.
    func finish(_ result: RunResult) -> Bool
    /// Ends an output that has an ``invitation``.
    func close()
}

extension RunOutput {
    package var invitation: String? { nil }
    package func begin(_ run: RunStart) {}
    package func show(_ snapshot: RunSnapshot) {}
    package func takeNews() -> [String] { [] }
    package func end(within time: Duration) {}
    package func waitForEnd(until deadline: DispatchTime) -> Bool { true }
    package func finish(_ result: RunResult) -> Bool { true }
    package func close() {}
}
