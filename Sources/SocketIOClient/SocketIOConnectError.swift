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
        let limit = ErrorText.seconds(time)
        let causes =
            isAnswered
            ? refused.map { "\($0.name): \($0.refusal ?? "refused without a reason")" }
                + silent.map { "\($0): no answer within \(limit)" }
            : [Self.unanswered(within: time)]
        let names = refused.map(\.name) + silent
        // The words of python-socketio.
        let message = "One or more namespaces failed to connect: \(names.joined(separator: ", "))"
        self.init(
            ConnectionError(.namespace, message, cause: causes.joined(separator: "; ")),
            refused: refused.map(\.name), reasons: refused.map(\.reason), silent: silent)
    }

    /// The server has left each namespace, or the program has, before connecting was over.
    static var leftByServer: Self {
        Self(ConnectionError(.namespace, "no namespace is left", cause: "server disconnect"))
    }
}
