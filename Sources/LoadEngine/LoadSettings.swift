import LoadPlan
import Logging
import Scripting

/// What a load run is run with, the same for all loops.
package struct LoadSettings: Sendable {
    package var script: ScriptOptions
    package var plan: LoadPlan
    /// Whether an iteration is the whole script, or a function of it.
    package var shape = ScriptShape.bot
    /// What `setup()` returned, as JSON; empty for nothing.
    package var setupData = ""
    /// `-e`: what the scripts find in `__ENV` besides the process's environment.
    package var environment: [String: String] = [:]
    /// Event loops; a user stays on one.
    package var threads: Int
    /// All random numbers of the run come from it.
    package var runSeed: UInt64
    /// Seconds after which a slice of Lua is stopped; 0 for never.
    package var maximumBlock: Double
    package var logger: Logger

    package init(
        script: ScriptOptions, plan: LoadPlan, threads: Int, seed: UInt64, maximumBlock: Double, logger: Logger
    ) {
        self.script = script
        self.plan = plan
        self.threads = threads
        self.runSeed = seed
        self.maximumBlock = maximumBlock
        self.logger = logger
    }

    /// The seed of one iteration: another one for each user and iteration, the same in each run with this seed.
    func seed(user: Int, iteration: Int) -> UInt64 {
        // SplitMix64's mixing; 0 would mean Lua's own seed.
        var value = self.runSeed &+ UInt64(user) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(iteration) &* 0xD1B5_4A32_D192_ED03
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return max(value ^ (value >> 31), 1)
    }

    func warn(_ text: String) { self.logger.warning("\(text)") }

    func log(_ level: ScriptLogLevel, _ text: String) {
        switch level {
        case .debug: self.logger.debug("\(text)")
        case .info: self.logger.info("\(text)")
        case .warning: self.logger.warning("\(text)")
        case .error: self.logger.error("\(text)")
        }
    }
}
