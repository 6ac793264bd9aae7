import CommandLineParser
import CommandOptions
import Glibc
import Logging
import ProcessSupport
import ScriptProcess
import TerminalClient

/// `eio-lua connect`: one session with a server, typed or piped.
struct ConnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Connects to a server, sends each line of the input, and shows each message.",
        discussion: """
            The input is read once the session is open. At its end the command waits for what --count, --ack and \
            --for ask for, otherwise until no message has come for a second. Exit status 1: it could not connect, the \
            connection was lost, or a message could not be sent; 2: messages or acks did not come in time.
            """)

    @Argument(help: "The server: http://localhost:5000, https://example.org, ws://… or wss://….")
    var url: String

    @OptionGroup(title: "Socket.IO")
    var socketIO: ConnectSocketIOOptions

    @OptionGroup(title: "Messages")
    var messages: ConnectMessageOptions

    @OptionGroup(title: "Connection")
    var connection: ConnectionOptions

    @OptionGroup(title: "Log")
    var trace: TraceOptions

    @Option(help: "debug, info, warning, error or off. (default: warning)")
    var logLevel: String?

    func validate() throws { _ = try self.settings() }

    func run() throws {
        var settings = try self.settings()
        let isTerminal = isatty(STDOUT_FILENO) != 0
        let hasPrompt = settings.messages.isEmpty && isTerminal && isatty(STDIN_FILENO) != 0
        // At a prompt it can be turned on later.
        settings.link.trace = try self.trace.open(always: hasPrompt).map {
            SwitchedTracer($0, isOn: self.trace.isGiven)
        }
        let format = ReportFormat(
            isJSON: self.messages.json, isTerminal: isTerminal, isRaw: self.messages.binary)
        ConnectProcess(settings, format, hasPrompt: hasPrompt).start()
    }

    private func settings() throws -> ConnectSettings {
        var logger = Logger(label: "eio-lua") { _ in StandardErrorLog() }
        if let logLevel { logger.logLevel = try validating { () throws(UsageError) in try .init(named: logLevel) } }
        var link = LinkSettings(
            try self.connection.options(url: self.url, isSocketIO: self.socketIO.socketio), logger: logger)
        link.configuration = self.connection.configuration
        link.retries = self.connection.retry
        link.socketIO = try self.socketIO.link()
        let input = InputFormat(
            isSocketIO: self.socketIO.socketio, isJSON: self.messages.json, isBinary: self.messages.binary,
            wantsAcks: self.socketIO.ack)
        var settings = ConnectSettings(link, input)
        settings.messages = try self.messages.messages(input) + self.socketIO.messages(input)
        settings.events = self.socketIO.events
        settings.count = self.messages.count
        settings.duration = try self.messages.time()
        return settings
    }
}
