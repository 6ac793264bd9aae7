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
    /// The namespaces for which the server's answer did not come in time.
    public let silent: [String]

    package init(_ error: ConnectionError, refused: [String] = [], silent: [String] = []) {
        self.error = error
        self.refused = refused
        self.silent = silent
    }

    public var description: String { self.error.description }
}

extension SocketIOConnectError {
    /// Some namespaces did not connect.
    ///
    /// - Parameter time: how long the answers had time.
    init(_ namespaces: NamespaceMachine, within time: TimeAmount) {
        let (refused, silent) = (namespaces.refused, namespaces.silent)
        let causes =
            refused.map { "\($0.name): \($0.refusal ?? "refused without a reason")" }
            + silent.map { "\($0): no answer within \(ErrorText.seconds(time))" }
        let names = refused.map(\.name) + silent
        // The words of python-socketio.
        let message = "One or more namespaces failed to connect: \(names.joined(separator: ", "))"
        self.init(
            ConnectionError(.namespace, message, cause: causes.joined(separator: "; ")),
            refused: refused.map(\.name), silent: silent)
    }

    /// The server has left each namespace, or the program has, before connecting was over.
    static var leftByServer: Self {
        Self(ConnectionError(.namespace, "no namespace is left", cause: "server disconnect"))
    }
}
