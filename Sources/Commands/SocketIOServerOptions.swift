import CommandLineParser
import EngineIOServer
import NIOCore
import ProcessSupport
import SocketIO
import SocketIOServer
import Synchronization

/// The options of `eio-lua serve` for Socket.IO.
struct SocketIOServerOptions: ParsableArguments {
    /// The first so many reasons for which sessions were ended are shown.
    private static let shownReasons = 10

    @Flag(help: "Speak Socket.IO: at /socket.io/, with the events that docs/command.md describes.")
    var socketio = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Accept only clients whose auth is a table with this token.", valueName: "token"),
        transform: Self.token)
    var authToken: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Another namespace that clients may connect, besides / and /custom. May be repeated.",
            valueName: "namespace"),
        transform: Self.namespace)
    var namespace: [String] = []

    @Option(
        parsing: .unconditional,
        help: "Seconds that a client may take to connect its first namespace. (default: 45)",
        transform: number(in: 0.001...86_400))
    var connectTimeout: Double?

    private static func token(_ text: String) throws -> String {
        if text.isEmpty { throw ValidationError("it must not be empty") }
        return text
    }

    private static func namespace(_ text: String) throws -> String {
        if let problem = NamespaceName.problem(text) { throw ValidationError(problem) }
        return text
    }

    /// - Parameter others: options for Engine.IO alone, and whether they are given.
    func check(others: [(name: String, isGiven: Bool)]) throws {
        if self.socketio {
            guard let other = others.first(where: { $0.isGiven }) else { return }
            throw ValidationError("\(other.name) is for Engine.IO alone: it cannot be used with --socketio")
        }
        let own = [
            ("--auth-token", self.authToken != nil), ("--namespace", !self.namespace.isEmpty),
            ("--connect-timeout", self.connectTimeout != nil),
        ]
        guard let given = own.first(where: { $0.1 }) else { return }
        throw ValidationError("\(given.0) is for Socket.IO: it needs --socketio")
    }

    func apply(to configuration: inout ServerConfiguration) {
        guard self.socketio else { return }
        var options = SocketIOServerConfiguration()
        options.namespaces += self.namespace.filter { !options.namespaces.contains($0) }
        options.authToken = self.authToken
        if let connectTimeout { options.connectTimeout = .nanoseconds(Int64(connectTimeout * 1e9)) }
        let shown = Atomic(0)
        options.onIllegalPacket = { reason in
            let number = shown.add(1, ordering: .relaxed).newValue
            guard number <= Self.shownReasons else { return }
            let rest = number == Self.shownReasons ? "; further ones are not shown" : ""
            FileDescriptorOutput.standardError.say("warning: \(reason): its session is ended\(rest)")
        }
        configuration.path = "/socket.io/"
        let application = options
        configuration.makeApplication = { SocketIOService(application, eventLoop: $0) }
    }
}
