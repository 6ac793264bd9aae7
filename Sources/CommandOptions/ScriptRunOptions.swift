import CommandLineParser
import LoadPlan
import Logging
import ProcessSupport

/// The options of all commands that run scripts as virtual users.
package struct ScriptRunOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "A variable in the script's __ENV, KEY=VALUE; may be repeated.")
    package var env: [String] = []

    @Option(help: "Event loops. (default: one for each core)")
    package var threads: Int?

    @Option(help: "Seconds after which a slice of Lua is stopped; 0: never.")
    package var maxBlock = 10.0

    @Flag(help: "Do not run setup().")
    package var noSetup = false

    @Flag(help: "Do not run teardown().")
    package var noTeardown = false

    @Flag(name: .long, help: "No colours.")
    package var noColor = false

    @Flag(help: "Show the whole command line, and variables, in reports and exports; otherwise secrets are left out.")
    package var showCommand = false

    @Option(help: "debug, info, warning, error or off.")
    package var logLevel = "error"

    package init() {}

    package func validate() throws {
        // Not a number is refused, too.
        guard self.maxBlock >= 0 else { throw ValidationError("--max-block must be a number of seconds, or 0") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024") }
    }

    package var threadCount: Int { self.threads ?? ProcessClock.processorCount() }
    package var hasColor: Bool { PersonOutput.wantsColor(isOff: self.noColor) }
    package var commandLine: String { CommandLineMask.ofThisProcess(showsSecrets: self.showCommand) }

    package func environment() throws -> [String: String] { try keyValuePairs(self.env, "--env") }
    package func level() throws(UsageError) -> Logger.Level { try Logger.Level(named: self.logLevel) }

    /// The options of a plan that all of these commands have.
    package var planOptions: CommandLineOptions {
        var options = CommandLineOptions()
        options.noSetup = self.noSetup ? true : nil
        options.noTeardown = self.noTeardown ? true : nil
        return options
    }
}
