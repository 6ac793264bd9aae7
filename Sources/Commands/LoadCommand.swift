import CommandLineParser
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
        discussion: "The script's own arguments follow `--`.",
        foreignOptions: ForeignOption.names)

    @Argument(
        help: "The script, - for the standard input: each iteration of each user runs it from its start to its end.")
    var script: String

    @Argument(parsing: .postTerminator, help: "The arguments of the script.")
    var arguments: [String] = []

    @OptionGroup(title: "Load")
    var amount: LoadAmountOptions

    @OptionGroup(title: "Results")
    var results: ResultFileOptions

    @OptionGroup(title: "Results")
    var summary: SummaryArguments

    @OptionGroup(title: "Output during the run")
    var outputs: OutputOptions

    @Option(help: "The url for eio.connect() without one.")
    var url: String?

    @Option(help: "strict: report each read of an undefined global with its line.")
    var globals: GlobalsRule?

    @OptionGroup var common: ScriptRunOptions

    @Option(name: .long, help: "A tag of all samples, KEY=VALUE; may be repeated.")
    var tag: [String] = []

    @Option(help: "The seed of all random numbers; printed, so that a run can be repeated. (default: a random one)")
    var seed: UInt64?

    @OptionGroup var control: RunControlArguments

    @Flag(help: "Do not evaluate thresholds.")
    var noThresholds = false

    @Flag(name: .shortAndLong, help: "Show no progress.")
    var quiet = false

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    @OptionGroup(title: "Tracing")
    var tracing: TraceOptions

    func run() throws {
        // The reader of the output may end, as `head` does; the run and its files continue.
        signal(SIGPIPE, SIG_IGN)
        try reportingProblems { try self.runSession() }
    }

    private func runSession() throws {
        let startTime = try self.control.startTime()
        let paths = try self.outputPaths()
        let (settings, contents) = try self.read()
        let files = self.results.files(trendStatistics: settings.plan.summaryTrendStats)
        let session = try LoadSession(
            settings, contents: contents,
            outputs: LoadSessionOutputs(
                isQuiet: self.quiet, hasColor: self.common.hasColor,
                person: PersonOutput(besides: files.map(\.path)), paths: paths,
                commandLine: self.common.commandLine
            ) { plan, registry throws(UsageError) in
                try self.outputs.open(plan, registry, files: files)
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
        let script = try self.scriptSettings()
        let contents = try ScriptReader(script).readUntilSignal()
        let plan = try LoadPlan(
            options: contents.options, commandLine: try self.planOptions(), script: contents.facts,
            segment: try self.control.segment { getenv($0).map { String(cString: $0) } })
        var settings = LoadSettings(
            script: script, plan: plan, threads: self.common.threadCount,
            seed: self.seed ?? UInt64.random(in: 1...(.max)))
        settings.network = try self.network.network()
        return (settings, contents)
    }

    private func planOptions() throws -> CommandLineOptions {
        var options = self.common.planOptions
        try self.amount.apply(to: &options)
        options.tags = try keyValuePairs(self.tag, "--tag")
        options.summaryTrendStats = try self.summary.trendStatistics()
        options.summaryTimeUnit = try self.summary.timeUnit()
        options.noThresholds = self.noThresholds ? true : nil
        return options
    }

    private func scriptSettings() throws -> ScriptSettings {
        var options = try ScriptOptions(readable: self.script, arguments: self.arguments)
        options.defaultURL = self.url
        self.globals?.apply(to: &options)
        options.clients.trace = try self.tracing.open().map { TracedUser($0) }
        options.memoryLimit = try self.control.memoryBytes()
        options.outputMayClose = true
        options.input = SharedInput()
        var logger = Logger(label: "eio-lua") { _ in StandardErrorLog() }
        logger.logLevel = try self.common.level()
        return ScriptSettings(
            options: options, environment: try self.common.environment(), maximumBlock: self.common.maxBlock,
            logger: logger, onSlowSlice: SlowSlices().report)
    }
}
