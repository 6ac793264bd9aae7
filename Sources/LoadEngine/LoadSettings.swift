import LoadPlan
import Logging
import Scripting

/// The settings of a load run, the same for all loops.
package struct LoadSettings: Sendable {
    package var script: ScriptSettings
    package var plan: LoadPlan
    /// The result of `setup()`, as JSON; empty if it was not called.
    package var setupData = ""
    /// Event loops; a user stays on one.
    package var threads: Int
    package var network = UserNetwork()
    /// Where every single sample goes besides the metrics; nil where nobody wants them.
    package var samples: (any SampleReceiver)?
    /// All random numbers of the run come from it.
    package var runSeed: UInt64
    /// How long is waited for loops that do not answer.
    var limits = LoopAnswers.Limits()

    package init(script: ScriptSettings, plan: LoadPlan, threads: Int, seed: UInt64) {
        self.script = script
        self.plan = plan
        self.threads = threads
        self.runSeed = seed
    }

    /// The seed of one iteration: another one for each user and iteration, the same in each run with this seed.
    func seed(user: Int, iteration: Int) -> UInt64 {
        // SplitMix64's mixing; 0 would mean Lua's own seed.
        var value = self.runSeed &+ UInt64(user) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(iteration) &* 0xD1B5_4A32_D192_ED03
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return max(value ^ (value >> 31), 1)
    }
}
