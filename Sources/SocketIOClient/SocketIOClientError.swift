import SocketIO

/// A call that the client's state or its arguments do not allow.
public struct SocketIOClientError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Code: Sendable { case notConnected, alreadyConnected, timeout, name }

    private let code: Code
    public let description: String

    private init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Errors of the same kind are equal, whatever their namespaces are.
    public static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// The namespace is not connected, or its connection ended while the call waited.
    public static let notConnected = Self(.notConnected, "the namespace is not connected")
    /// `connect` was called on a client that is connected, or connects or reconnects.
    public static let alreadyConnected = Self(.alreadyConnected, "Already connected")
    /// The server did not answer in time.
    public static let timeout = Self(.timeout, "the server did not acknowledge the event in time")
    /// The name of an event or of a namespace is not allowed.
    public static let invalidName = Self(.name, "the name is not allowed")

    /// - Parameter refusal: the server's reason for a refusal.
    static func notConnected(_ namespace: String, _ status: NamespaceStatus, refusal: String? = nil) -> Self {
        let reason =
            switch status {
            case .unknown: "it was never asked for"
            case .connecting: "the server has not answered yet"
            case .refused: "the server has refused it" + (refusal.map { ": \($0)" } ?? "")
            case .left: "the client has left it"
            case .disconnected: "it is disconnected"
            case .reconnecting: "the client is reconnecting"
            }
        // The words of python-socketio, with the reason.
        return Self(.notConnected, "\(namespace) is not a connected namespace: \(reason)")
    }

    static func invalidName(namespace: String, _ problem: String) -> Self {
        Self(.name, "\"\(namespace)\" is not a valid namespace: \(problem)")
    }

    static func reservedName(_ event: String) -> Self { Self(.name, "\"\(event)\" is a reserved name of an event") }
}
