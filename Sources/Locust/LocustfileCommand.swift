import CommandLineParser
import CommandOptions
import LoadEngine
import LoadPlan
import Logging
import ProcessSupport
import ScriptProcess
import Scripting

/// `eio-lua locustfile`: what a Locust master needs to direct workers with these scripts.
package struct LocustfileCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "locustfile",
        abstract: "Prints the file of a Locust master for scripts: classes of users, stages, thresholds.",
        usage: "eio-lua locustfile script.lua ... > locustfile.py")

    @Argument(help: "The scripts, as `eio-lua worker` gets them.")
    var scripts: [String]

    @OptionGroup var arguments: ScriptArguments

    @Option(name: .shortAndLong, help: "A variable in the scripts' __ENV, KEY=VALUE; may be repeated.")
    var env: [String] = []

    @Flag(help: "Leave the thresholds out.")
    var noThresholds = false

    package init() {}

    package func run() throws {
        try reportingProblems {
            let file = try Locustfile(try self.scripts.map(self.read))
            for note in file.notes { FileDescriptorOutput.standardError.say("note: \(note)") }
            try showing(String(file.text.dropLast()))
        }
    }

    private func read(_ path: String) throws -> Locustfile.Script {
        var options = try ScriptOptions(readable: path, arguments: self.arguments.arguments)
        // The master's page may name the url when a test begins; a script that is only read connects to none.
        options.defaultURL = "http://localhost"
        let settings = ScriptSettings(
            options: options, environment: try keyValuePairs(self.env, "--env"), maximumBlock: 10,
            logger: Logger(label: "eio-lua") { _ in SwiftLogNoOpLogHandler() }, onSlowSlice: SlowSlices().report)
        let contents = try ScriptReader(settings).readUntilSignal()
        var commandLine = CommandLineOptions()
        commandLine.noThresholds = self.noThresholds ? true : nil
        let plan = try LoadPlan(options: contents.options, commandLine: commandLine, script: contents.facts)
        for warning in plan.warnings { FileDescriptorOutput.standardError.say("warning: \(path): \(warning)") }
        return Locustfile.Script(path: path, plan: plan)
    }
}
