/// The reason why an argument cannot be sent.
public struct SocketIOValueError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Arrays and objects are nested more than ``SocketIOValue/maximumDepth`` levels deep.
    public static let tooDeep = Self("an argument nested more than \(SocketIOValue.maximumDepth) levels")
    /// JSON has no infinite numbers.
    public static let notFinite = Self("a number that is not finite")
    /// The receiver would replace the object by an attachment.
    public static let placeholder = Self("an object with _placeholder = true beside bytes")
    /// The payload of CONNECT is an object.
    public static let notAnObject = Self("the payload of CONNECT has to be an object")
    /// The payload of CONNECT has no attachments.
    public static let bytesInConnect = Self("bytes in the payload of CONNECT")
}
