import ArgumentParser
import CommandOptions
import EngineIOClient
import Glibc
import LoadEngine
import LoadOutput
import LoadPlan
import Logging
import Metrics
import ProcessSupport
import ScriptProcess
import Scripting

/// `eio-lua load`: a script as many virtual users.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Runs a script as many virtual users, and measures.",
        discussion: "The script's own arguments follow `--`.")

    @Argument(
        help: "The script, - for the standard input: each iteration of each user runs it from its start to its end.")
    var script: String

    @Argument(parsing: .postTerminator, help: "What the script gets as its arguments.")
    var arguments: [String] = []

    @Option(name: [.customShort("u"), .long], parsing: .unconditional, help: "Virtual users. (default: 1)")
    var vus: Int?

    @Option(name: .shortAndLong, parsing: .unconditional, help: "How long new iterations start, such as 30s or 1m30s.")
    var duration: String?

    @Option(name: .shortAndLong, parsing: .unconditional, help: "Iterations of all users together.")
    var iterations: Int?

    @Option(name: .shortAndLong, help: "A stage of a ramp, such as 30s:100; may be repeated.")
    var stage: [String] = []

    @Option(name: .long, help: "A tag of all samples, KEY=VALUE; may be repeated.")
    var tag: [String] = []

    @Option(name: .shortAndLong, help: "What the script finds in __ENV, KEY=VALUE; may be repeated.")
    var env: [String] = []

    @Option(help: "Users that start in a second; 0: all at once. (default: 1000)")
    var spawnRate: Int?

    @Option(help: "Event loops. (default: one for each core)")
    var threads: Int?

    @Option(help: "Where eio.connect() connects to when the script names no url.")
    var url: String?

    @Option(help: "Of all random numbers; printed, so that a run can be repeated. (default: another one each time)")
    var seed: UInt64?

    @Option(help: "Seconds after which a slice of Lua is stopped; 0: never. (default: 10)")
    var maxBlock = 10.0

    @OptionGroup var control: RunControlArguments

    @Flag(help: "Do not run setup().")
    var noSetup = false

    @Flag(help: "Do not run teardown().")
    var noTeardown = false

    @Flag(help: "Do not look at thresholds.")
    var noThresholds = false

    @OptionGroup var results: ResultFileOptions

    @OptionGroup var summary: SummaryArguments

    @Flag(name: .shortAndLong, help: "Show nothing while the run goes on.")
    var quiet = false

    @Flag(name: .long, help: "No colours.")
    var noColor = false

    @Flag(help: "Show the whole command line, and variables, in reports and exports: by default secrets are left out.")
    var showCommand = false

    @OptionGroup(title: "Output while the run goes on")
    var outputs: OutputOptions

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup(title: "Tracing")
    var tracing: TraceOptions

    @Option(help: "debug, info, warning, error or off. (default: error)")
    var logLevel = "error"

    func run() throws {
        // Whoever reads the output may go, as `head` does: the run and its files do not go with it.
        signal(SIGPIPE, SIG_IGN)
        try endingWithoutLeftLoops { try reportingProblems { try self.runSession() } }
    }

    private func runSession() throws {
        let startTime = try self.control.startTime()
        let paths = try self.outputPaths()
        let (settings, contents) = try self.read()
        let files = self.results.files(trendStatistics: settings.plan.summaryTrendStats)
        let session = try LoadSession(
            settings, contents: contents,
            outputs: LoadSessionOutputs(
                isQuiet: self.quiet, hasColor: PersonOutput.wantsColor(isOff: self.noColor),
                person: PersonOutput(besides: files.map(\.path)), paths: paths,
                commandLine: CommandLineMask.ofThisProcess(showsSecrets: self.showCommand)
            ) { plan, registry throws(UsageError) in
                try self.outputs.open(plan, registry) + files
            })
        throw ExitCode(try session.run(at: startTime).rawValue)
    }

    /// All files that are written, before the first of them is touched.
    ///
    /// - Throws: `UsageError` for one that cannot be had, and for two that are one.
    private func outputPaths() throws(UsageError) -> OutputPaths {
        var paths = OutputPaths()
        paths.reserve(self.script, "the script")
        for (option, path) in self.outputs.paths { try paths.add(path, option) }
        for file in self.results.files() { try paths.add(file.path, file.option) }
        if let file = self.tracing.traceFile { try paths.add(file, "--trace-file", isChecked: false) }
        return paths
    }

    /// The script and the options, checked: all that is to be known before the start.
    func read() throws -> (LoadSettings, ScriptContents) {
        let threads = try self.threadCount()
        let script = try self.scriptSettings()
        let contents = try ScriptReader(script).readUntilSignal()
        let plan = try LoadPlan(
            options: contents.options, commandLine: try self.planOptions(), script: contents.facts,
            segment: try self.control.segment { getenv($0).map { String(cString: $0) } })
        var settings = LoadSettings(
            script: script, plan: plan, threads: threads,
            seed: self.seed ?? UInt64.random(in: 1...(.max)))
        settings.network = try self.network.network()
        return (settings, contents)
    }

    private func planOptions() throws -> CommandLineOptions {
        var options = CommandLineOptions()
        options.vus = self.vus
        options.iterations = self.iterations
        options.duration = try self.duration.map { try CommandLineOptions.duration($0, option: "--duration") }
        if !self.stage.isEmpty { options.stages = try self.stage.flatMap { try CommandLineOptions.stages($0) } }
        if let spawnRate = self.spawnRate { options.spawnRate = spawnRate }
        options.tags = try keyValuePairs(self.tag, "--tag")
        options.summaryTrendStats = try self.summary.trendStatistics()
        options.summaryTimeUnit = try self.summary.timeUnit()
        options.noSetup = self.noSetup
        options.noTeardown = self.noTeardown
        options.noThresholds = self.noThresholds
        return options
    }

    private func threadCount() throws -> Int {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024") }
        return self.threads ?? ProcessClock.processorCount()
    }

    private func scriptSettings() throws -> ScriptSettings {
        var options = try ScriptOptions(readable: self.script, arguments: self.arguments)
        options.defaultURL = self.url
        options.clients.trace = try self.tracing.open().map { TracedUser($0) }
        options.memoryLimit = try self.control.memoryBytes()
        options.outputMayClose = true
        options.input = SharedInput()
        var logger = Logger(label: "eio-lua") { _ in StandardErrorLog() }
        logger.logLevel = try Logger.Level(named: self.logLevel)
        return ScriptSettings(
            options: options, environment: try keyValuePairs(self.env, "--env"), maximumBlock: self.maxBlock,
            logger: logger, onSlowSlice: SlowSlices().report)
    }
}
