import LoadOutput
import LoadPlan
import Metrics
import ProcessSupport

/// Everything that a load session shows and writes.
package struct LoadSessionOutputs {
    package var isQuiet: Bool
    package var hasColor: Bool
    /// The stream for a person.
    package var person: PersonOutput
    /// All files that the command line names.
    package var paths: OutputPaths
    /// As a report may show it.
    package var commandLine: String
    /// Opens the outputs of a plan with these metrics, so that one that cannot be written is known before the start.
    package var open: (LoadPlan, MetricRegistry) throws(UsageError) -> [any RunOutput]

    package init(
        isQuiet: Bool, hasColor: Bool, person: PersonOutput, paths: OutputPaths, commandLine: String,
        open: @escaping (LoadPlan, MetricRegistry) throws(UsageError) -> [any RunOutput]
    ) {
        (self.isQuiet, self.hasColor, self.person) = (isQuiet, hasColor, person)
        (self.paths, self.commandLine, self.open) = (paths, commandLine, open)
    }
}
