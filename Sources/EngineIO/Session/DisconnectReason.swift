/// The reason why a session ended, in the words that python-engineio documents. Later versions may add reasons.
public struct DisconnectReason: Sendable, Hashable, CustomStringConvertible {
    private enum Code: String, Sendable {
        case clientDisconnect = "client disconnect"
        case serverDisconnect = "server disconnect"
        case transportError = "transport error"
    }

    private let code: Code

    private init(_ code: Code) {
        self.code = code
    }

    /// The reason as scripts and metrics spell it.
    public var rawValue: String { self.code.rawValue }

    public var description: String { self.rawValue }

    /// The program disconnected.
    public static let clientDisconnect = Self(.clientDisconnect)
    /// The server closed the session.
    public static let serverDisconnect = Self(.serverDisconnect)
    /// The connection was lost, or the server broke the protocol.
    public static let transportError = Self(.transportError)
}
