import LoadPlan

/// What a script says about a load test.
package struct ScriptContents: Sendable {
    package var options = LoadOptions()
    package var facts = ScriptFacts()
    package var functions: ScriptFunctions = []
    /// Metrics that the chunk made.
    package var metrics: [DeclaredMetric] = []
}
