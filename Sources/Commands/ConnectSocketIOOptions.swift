import CommandLineParser
import JSONText
import ProcessSupport
import SocketIO
import TerminalClient

/// The options of `eio-lua connect` for a server of Socket.IO.
struct ConnectSocketIOOptions: ParsableArguments {
    @Flag(help: "Speak Socket.IO: each line is the argument of an event message.")
    var socketio = false

    @Option(
        name: [.customShort("n"), .customLong("namespace")], parsing: .unconditional,
        help: ArgumentHelp("The namespace, such as /chat. (default: /)", valueName: "name"))
    var namespace: String?

    // Checked without a transform: an error would show the value, which may have a secret.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The object that the server gets, such as {\"token\":\"…\"}.", valueName: "json"))
    var auth: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Emit an event, such as [\"join\",{\"room\":1}], instead of reading the input. May be repeated.",
            valueName: "json"))
    var emit: [String] = []

    @Flag(help: "Ask for an ack of each event, show it, and wait for it.")
    var ack = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Show only these events, such as news,chat.", valueName: "events"))
    var listen: String?

    /// Nil without `--socketio`.
    func link() throws -> LinkSettings.SocketIO? {
        guard self.socketio else {
            let own = [
                ("--namespace", self.namespace != nil), ("--auth", self.auth != nil), ("--emit", !self.emit.isEmpty),
                ("--ack", self.ack), ("--listen", self.listen != nil),
            ]
            guard let given = own.first(where: { $0.1 }) else { return nil }
            throw ValidationError("\(given.0) is for Socket.IO: it needs --socketio")
        }
        let namespace = self.namespace ?? "/"
        if let problem = NamespaceName.problem(namespace) {
            throw ValidationError("'\(namespace)' is not a valid namespace: \(problem)")
        }
        if self.events?.isEmpty == true {
            throw ValidationError("--listen needs the names of events, such as news,chat")
        }
        return LinkSettings.SocketIO(namespace: namespace, auth: try self.auth.map { try Self.object($0) })
    }

    private static func object(_ text: String) throws -> SocketIOValue {
        guard let json = JSON(parsing: text.utf8), json.members != nil else {
            throw ValidationError("the value of --auth is not a valid JSON object")
        }
        let value = SocketIOValue(json)
        do {
            _ = try WrittenArguments.text(value)
        } catch {
            throw ValidationError("the value of --auth cannot be sent: \(error.description)")
        }
        return value
    }

    func messages(_ input: InputFormat) throws -> [OutgoingMessage] {
        try self.emit.map { text in
            do throws(UsageError) {
                return try input.event(ofArray: text)
            } catch {
                throw ValidationError("the value '\(text)' is invalid for --emit: \(error.description)")
            }
        }
    }

    var events: Set<String>? { self.listen.map { Set($0.split(separator: ",").map(String.init)) } }
}
