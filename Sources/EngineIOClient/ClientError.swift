/// A call that the client's state or the data does not allow.
public struct ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Code: Sendable { case notConnected, alreadyConnected, separatorInText }

    private let code: Code
    public let description: String

    /// There is no session, or it ended while the call waited.
    public static let notConnected = ClientError(code: .notConnected, description: "the client is not connected")
    /// `connect` was called on a client that has a session or is about to have one.
    public static let alreadyConnected = ClientError(
        code: .alreadyConnected, description: "Client is not in a disconnected state")
    /// The text has the character U+001E, which a polling payload cannot carry.
    public static let separatorInText = ClientError(
        code: .separatorInText, description: "a text with U+001E cannot be sent by polling")
}
