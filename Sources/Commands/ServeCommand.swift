import CommandLineParser
import EngineIOServer
import Glibc
import NIOCore
import NIOPosix
import ProcessSupport
import ServerPage
import Synchronization

/// `eio-lua serve`: the embedded server, to try scripts against.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs an Engine.IO or Socket.IO server, to try scripts against.",
        discussion: """
            It speaks polling, websocket and the upgrade between them, prints the address it listens at, and answers \
            GET /stats by its counters as JSON. Its page at / is a client for browsers. On a terminal it logs \
            connects, disconnects and messages. It ends by Ctrl-C.
            """)

    // The options of each protocol are nil unless they are given, so that those of the other can be refused.

    // The argument after an option is its value even if it starts with '-', so that the message names it.
    @Option(
        parsing: .unconditional, help: "The port to listen at; 0 takes a free one. (default: 5000)",
        transform: number(in: 0...65_535))
    var port = 5000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The IP address to listen at, such as 0.0.0.0 for all of this machine. (default: 127.0.0.1)",
            valueName: "address"),
        transform: Self.address)
    var host = "127.0.0.1"

    @Option(parsing: .unconditional, help: "The treatment of messages. (default: echo)")
    var mode: ServerConfiguration.Mode?

    @Option(
        parsing: .unconditional, help: "Seconds between two pings. (default: 25)",
        transform: number(in: shortest...longest))
    var pingInterval = 25.0

    @Option(
        parsing: .unconditional, help: "Seconds that a client may take to answer a ping. (default: 20)",
        transform: number(in: shortest...longest))
    var pingTimeout = 20.0

    @Option(
        parsing: .unconditional, help: "The most bytes that a client may send at once. (default: 1000000)",
        transform: number(in: 1...1_000_000_000))
    var maxPayload = 1_000_000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Send this text to each client that connects.", valueName: "text"))
    var greet: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Let pages of this origin use the server, such as http://localhost:3000; * for all. May be repeated.",
            valueName: "origin"),
        transform: Self.origin)
    var allowOrigin: [AllowedOrigin] = []

    @Option(
        parsing: .unconditional, help: "Bytes of each message in mode flood. (default: 32)",
        transform: number(in: 0...1_000_000))
    var size: Int?

    @Flag(name: [.customShort("q"), .long], help: "Log nothing on a terminal.")
    var quiet = false

    @OptionGroup(title: "Socket.IO")
    var socketIO: SocketIOServerOptions

    // The milliseconds go into the open packet; a client takes a day at most.
    private static let shortest = 0.001
    private static let longest = 86_400.0

    private static func address(_ text: String) throws -> String {
        guard (try? SocketAddress(ipAddress: text, port: 0)) != nil else {
            throw ValidationError("it must be an IP address, such as 127.0.0.1, 0.0.0.0 or ::1")
        }
        return text
    }

    private static func origin(_ text: String) throws -> AllowedOrigin {
        guard let origin = AllowedOrigin(text) else {
            throw ValidationError("it must be an origin, such as http://localhost:3000 or https://example.org, or *")
        }
        return origin
    }

    func validate() throws {
        try self.socketIO.check(others: [
            ("--mode", self.mode != nil), ("--greet", self.greet != nil), ("--size", self.size != nil),
        ])
    }

    func run() throws {
        var configuration = ServerConfiguration()
        configuration.host = self.host
        configuration.port = self.port
        configuration.mode = self.mode ?? .echo
        configuration.pingInterval = .nanoseconds(Int64(self.pingInterval * 1e9))
        configuration.pingTimeout = .nanoseconds(Int64(self.pingTimeout * 1e9))
        configuration.maxPayload = self.maxPayload
        configuration.messageSize = self.size ?? 32
        configuration.greeting = self.greet
        configuration.allowedOrigins = self.allowOrigin
        let isReported = Atomic(false)
        configuration.onAcceptPaused = { error in
            if isReported.exchange(true, ordering: .relaxed) { return }
            FileDescriptorOutput.standardError.say(
                "warning: new connections wait: \(SystemError.text(error.errnoCode))")
        }
        self.socketIO.apply(to: &configuration)
        let (isSocketIO, path) = (self.socketIO.socketio, configuration.path)
        configuration.makePage = {
            let page = ServerPage.make(isSocketIO: isSocketIO, path: path, nonce: Self.nonce())
            return ServedPage(html: page.html, contentSecurityPolicy: page.contentSecurityPolicy)
        }
        let terminal = TerminalWriter()
        if let terminal, !self.quiet {
            let describe: MessageText.Describe = isSocketIO ? MessageText.socketIO : MessageText.engineIO
            configuration.makeObserver = { ServerLog(terminal, describe, eventLoop: $0) }
        }
        let server: EngineIOServer
        do {
            server = try EngineIOServer.start(configuration, group: MultiThreadedEventLoopGroup.singleton).wait()
        } catch let error as IOError {
            FileDescriptorOutput.standardError.say(
                "eio-lua: cannot listen at \(self.place): \(SystemError.text(error.errnoCode))")
            throw ExitCode.failure
        }
        self.warnOfOthers()
        Signals.install { signal in
            try? server.shutdown().wait()
            terminal?.finish()
            Glibc.exit(ExitStatus.signalled(signal))
        }
        do {
            try PersonOutput.standardOutput.show("listening on \(self.url(server.port))")
        } catch {
            FileDescriptorOutput.standardError.say("warning: \(error)")
        }
        while true { pause() }
    }

    private static func nonce() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }

    private func url(_ port: Int) -> String {
        "http://\(self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : self.host):\(port)"
    }

    /// The place that a message names if the server cannot listen there.
    private var place: String { self.host == "127.0.0.1" ? "port \(self.port)" : self.url(self.port) }

    private func warnOfOthers() {
        guard (try? SocketAddress(ipAddress: self.host, port: 0))?.isLoopback == false else { return }
        FileDescriptorOutput.standardError.say(
            "warning: other machines can use this server, because of --host \(self.host)")
    }
}

extension ServerConfiguration.Mode: ExpressibleByArgument {}
