import CommandLineParser
import CommandOptions
import JSONText
import LoadEngine
import LoadPlan
import ProcessSupport
import ScriptProcess

/// `eio-lua inspect`: what `eio-lua load` with the same line would do.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Checks a script's options and thresholds, and prints what load would do.",
        discussion: """
            Takes the options of load. Exit status 104: invalid options; 105: stopped by a signal; 107: script error.
            """,
        foreignOptions: ForeignOption.names)

    @Flag(help: "Print the plan as JSON.")
    var json = false

    @OptionGroup var load: LoadCommand

    func run() throws {
        try reportingProblems {
            _ = try self.load.control.startTime()
            let (settings, contents) = try self.load.read()
            let plan = settings.plan
            _ = try LoadThresholds(plan).makeRegistry(declaring: contents.metrics)
            let inspection = PlanInspection(
                plan, script: self.load.script, functions: contents.functions,
                showsSecrets: self.load.common.showCommand)
            try showing(self.json ? inspection.json : VisibleText.lines(inspection.text))
        }
    }
}
