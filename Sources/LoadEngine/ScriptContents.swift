import LoadPlan

/// The parts of a script that matter to a load test.
package struct ScriptContents: Sendable {
    package var options = LoadOptions()
    package var facts = ScriptFacts()
    package var functions: ScriptFunctions = []
    /// Metrics that the chunk made.
    package var metrics: [DeclaredMetric] = []
}
