import LoadPlan
import Logging
import Scripting

/// The settings of a load run's scripts, in users and outside of them.
package struct ScriptSettings: Sendable {
    package var options: ScriptOptions
    /// `-e`: what the scripts find in `__ENV` besides the process's environment.
    package var environment: [String: String]
    /// Seconds after which a slice of Lua is stopped; 0 for never.
    package var maximumBlock: Double
    package var logger: Logger
    /// Called for each slice of Lua that has run for a second, with its place and user; on the watchdog's thread.
    package var onSlowSlice: @Sendable (String) -> Void

    package init(
        options: ScriptOptions, environment: [String: String], maximumBlock: Double, logger: Logger,
        onSlowSlice: @escaping @Sendable (String) -> Void
    ) {
        self.onSlowSlice = onSlowSlice
        self.options = options
        self.environment = environment
        self.maximumBlock = maximumBlock
        self.logger = logger
    }
}
