import LoadPlan

/// The life of a script in a run: `setup`, the iterations of the users, `teardown`, `handleSummary`. A function that
/// the script lacks, or that the plan skips, is not called.
package struct ScriptLifecycle: Sendable {
    package let called: ScriptFunctions
    private let reader: ScriptReader
    private let plan: LoadPlan

    /// k6's.
    private static let summaryTimeout = Duration.seconds(120)

    package init(_ script: ScriptSettings, plan: LoadPlan, functions: ScriptFunctions) {
        self.called = plan.called(of: functions)
        self.reader = ScriptReader(script)
        self.plan = plan
    }

    /// Calls `setup`.
    ///
    /// - Returns: its result as JSON; empty if it is not called.
    /// - Throws: `ScriptProblem`.
    package func setUp(stop: ScriptStop? = nil) throws -> String {
        guard self.called.contains(.setup) else { return "" }
        return try self.reader.call("setup", argument: "", timeout: self.plan.setupTimeout, stop: stop)
    }

    /// Calls `teardown`.
    ///
    /// - Parameter data: the result of `setup`.
    /// - Throws: `ScriptProblem`.
    package func tearDown(_ data: String, stop: ScriptStop? = nil) throws {
        guard self.called.contains(.teardown) else { return }
        _ = try self.reader.call("teardown", argument: data, timeout: self.plan.teardownTimeout, stop: stop)
    }

    /// Calls `handleSummary`.
    ///
    /// - Parameter data: the summary, as JSON.
    /// - Returns: its result as JSON; nil if it is not called.
    /// - Throws: `ScriptProblem`.
    package func handleSummary(_ data: String, stop: ScriptStop? = nil) throws -> String? {
        guard self.called.contains(.handleSummary) else { return nil }
        return try self.reader.call("handleSummary", argument: data, timeout: Self.summaryTimeout, stop: stop)
    }
}
