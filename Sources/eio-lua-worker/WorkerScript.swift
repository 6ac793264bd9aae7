import LoadEngine
import LoadPlan
import Locust
import ScriptProcess
import Scripting

/// One script of a worker: its plan, and what its scenarios are called by a master.
struct WorkerScript: Sendable {
    let path: String
    let settings: ScriptSettings
    let contents: ScriptContents
    let plan: LoadPlan
    /// In the order of the plan's scenarios.
    let classes: [String]

    /// Runs the script's chunk to learn its plan.
    init(path: String, settings: ScriptSettings, commandLine: CommandLineOptions) throws {
        self.path = path
        self.settings = settings
        var planning = settings
        // The master's page may name the url when a test begins; a script that is only read connects to none.
        planning.options.defaultURL = settings.options.defaultURL ?? "http://localhost"
        self.contents = try ScriptReader(planning).readUntilSignal()
        self.plan = try LoadPlan(
            options: self.contents.options, commandLine: commandLine, script: self.contents.facts)
        self.classes = try LocustPlan(self.plan, stem: LocustPlan.stem(ofPath: path)).classes.map(\.name)
    }

    /// Two scripts must not have classes of one name.
    static func checkNames(_ scripts: [WorkerScript]) throws {
        var owners: [String: String] = [:]
        var problems: [OptionProblem] = []
        for script in scripts {
            for name in script.classes {
                guard let other = owners.updateValue(script.path, forKey: name) else { continue }
                problems.append(
                    OptionProblem(path: script.path, message: "has a class \(name) for Locust, as \(other) has"))
            }
        }
        if !problems.isEmpty { throw OptionErrors(problems) }
    }

    /// The longest time that an iteration may take to end.
    var graceful: Duration {
        self.plan.scenarios.map { max($0.gracefulStop, $0.gracefulRampDown) }.max() ?? .zero
    }
}
