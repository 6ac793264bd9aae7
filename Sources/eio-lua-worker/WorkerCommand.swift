import CommandLineParser
import CommandOptions
import Glibc
import JSONText
import LoadEngine
import LoadPlan
import Logging
import ProcessSupport
import ScriptProcess
import Scripting

/// `eio-lua worker`: scripts as the users of a Locust master.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eio-lua worker",
        abstract: "Runs scripts as virtual users that a Locust master directs, and reports to it.",
        discussion: """
            The master needs classes of the same names: `eio-lua locustfile script.lua` prints its file. The scripts' \
            own arguments follow `--`.
            """,
        version: Version.text,
        absentOptions: Dictionary(
            uniqueKeysWithValues: ["--web", "--web-host", "--web-port", "--web-dashboard"].map {
                ($0, "the page of a run is the web page of its Locust master")
            }))

    @Argument(help: "The scripts.")
    var scripts: [String]

    @Option(help: "The master. (default: $LOCUST_MASTER_NODE_HOST, or 127.0.0.1)")
    var masterHost: String?

    @Option(parsing: .unconditional, help: "Its port for workers. (default: $LOCUST_MASTER_NODE_PORT, or 5557)")
    var masterPort: String?

    @Option(help: "The url for eio.connect() without one. (default: the field Host of the master's web page)")
    var url: String?

    @Option(help: "Write each test's summary, with histograms and time series, to this file as JSON.")
    var summaryExport: String?

    @Option(help: "The seed of all random numbers; printed. (default: a random one for each test)")
    var seed: UInt64?

    @Flag(name: .shortAndLong, help: "Show no summaries.")
    var quiet = false

    @Flag(help: "Count the servers' messages as requests PUSH message, which have no time.")
    var locustPushes = false

    @OptionGroup var common: ScriptRunOptions
    @OptionGroup var arguments: ScriptArguments

    @OptionGroup(title: "Network")
    var network: NetworkOptions

    func run() throws {
        let logLevel = try self.common.level()
        try reportingProblems { try self.runWorker(logLevel) }
    }

    private func runWorker(_ logLevel: Logger.Level) throws {
        try OutputPaths.check(export: self.summaryExport, besides: self.scripts)
        let mailbox = try Mailbox()
        let settings = WorkerSettings(
            host: self.setting(self.masterHost, "LOCUST_MASTER_NODE_HOST") ?? "127.0.0.1", port: try self.port(),
            scripts: try self.readScripts(mailbox, logLevel), threads: self.common.threadCount,
            seed: self.seed, url: self.url, network: try self.network.network(),
            countsPushes: self.locustPushes,
            commandLine: self.common.commandLine,
            summary: WorkerSummary(
                isQuiet: self.quiet, hasColor: self.common.hasColor,
                export: self.summaryExport))
        throw ExitCode(try WorkerSession(settings, mailbox: mailbox).run())
    }

    private func setting(_ option: String?, _ variable: String) -> String? {
        option ?? getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func port() throws -> Int {
        guard let text = self.setting(self.masterPort, "LOCUST_MASTER_NODE_PORT") else { return 5557 }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw ValidationError("the master's port must be a number from 1 to 65535, not \(text)")
        }
        return port
    }

    /// - Throws: `OptionErrors` for what a master cannot direct, and for classes of one name.
    private func readScripts(_ mailbox: Mailbox, _ logLevel: Logger.Level) throws -> [WorkerScript] {
        var logger = Logger(label: "eio-lua") { _ in WorkerLog(mailbox: mailbox) }
        logger.logLevel = logLevel
        let environment = try self.common.environment()
        let input = SharedInput()
        let slow = SlowSlices { mailbox.post(.logged("warning: \($0)")) }
        let commandLine = self.common.planOptions
        let scripts = try self.scripts.map { path in
            var options = try ScriptOptions(readable: path, arguments: self.arguments.arguments)
            options.defaultURL = self.url
            options.input = input
            return try WorkerScript(
                path: path,
                settings: ScriptSettings(
                    options: options, environment: environment, maximumBlock: self.common.maxBlock, logger: logger,
                    onSlowSlice: slow.report),
                commandLine: commandLine)
        }
        try WorkerScript.checkNames(scripts)
        return scripts
    }
}

/// Log lines of scripts and clients: on the standard error, and on the master's page.
private struct WorkerLog: LogHandler {
    let mailbox: Mailbox
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) { self.mailbox.post(.logged("\(event.level): \(VisibleText.entry("\(event.message)"))")) }
}
