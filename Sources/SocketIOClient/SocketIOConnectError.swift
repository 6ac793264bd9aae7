import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// The reason why a client could not connect, or could not connect again.
public struct SocketIOConnectError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error; its phase is `namespace` if Engine.IO was connected.
    public let error: ConnectionError
    /// The namespaces that the server has refused.
    public let refused: [String]
    /// The payloads of the server's refusals, in the order of ``refused``.
    package let reasons: [[UInt8]]
    /// The namespaces for which the server's answer did not come in time.
    public let silent: [String]

    package init(
        _ error: ConnectionError, refused: [String] = [], reasons: [[UInt8]] = [], silent: [String] = []
    ) {
        self.error = error
        self.refused = refused
        self.reasons = reasons
        self.silent = silent
    }

    public var description: String { self.error.description }
}

extension SocketIOConnectError {
    /// Servers of plain Engine.IO do so, whatever else they do.
    static let unanswered = "the server opened the Engine.IO session, but did not answer Socket.IO's CONNECT"

    static func unanswered(within time: TimeAmount) -> String {
        "\(Self.unanswered) within \(ErrorText.seconds(time)); does it speak plain Engine.IO?"
    }

    /// Some namespaces did not connect.
    ///
    /// - Parameters:
    ///   - time: how long the answers had time.
    ///   - isAnswered: whether the server has answered for any namespace.
    init(_ namespaces: NamespaceMachine, within time: TimeAmount, isAnswered: Bool) {
        let (refused, silent) = (namespaces.refused, namespaces.silent)
        let silence = isAnswered ? "no answer within \(ErrorText.seconds(time))" : Self.unanswered(within: time)
        let reasons =
            refused.map { ($0.name, $0.refusal ?? "refused without a reason") } + silent.map { ($0, silence) }
        // The words of python-socketio.
        let message = "One or more namespaces failed to connect"
        self.init(
            ConnectionError(.namespace, message, cause: Self.list(reasons)),
            refused: refused.map(\.name), reasons: refused.map(\.reason), silent: silent)
    }

    /// Each namespace once: those with the same reason stand together.
    private static func list(_ reasons: [(namespace: String, reason: String)]) -> String {
        var order: [String] = []
        var namespaces: [String: [String]] = [:]
        for (namespace, reason) in reasons {
            if namespaces[reason] == nil { order.append(reason) }
            namespaces[reason, default: []].append(namespace)
        }
        return order.map { "\(namespaces[$0, default: []].joined(separator: ", ")): \($0)" }.joined(separator: "; ")
    }

    /// The server has left each namespace, or the program has, before connecting was over.
    static var leftByServer: Self {
        Self(ConnectionError(.namespace, "no namespace is left", cause: "server disconnect"))
    }
}
