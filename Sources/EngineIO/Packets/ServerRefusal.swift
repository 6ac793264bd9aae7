import JSONText

/// The body of an Engine.IO server's refusal.
public struct ServerRefusal: Sendable, Equatable {
    /// 0 unknown transport, 1 unknown session, 2 bad handshake method, 3 bad request, 4 forbidden, 5 unsupported
    /// protocol version (engine.io's server); nil where the body has none.
    public var code: Int?
    public var message: String?
    /// The whole body is the message, as a JSON string.
    public var isBareMessage = false

    /// Reads `{"code":1,"message":"Session ID unknown"}`, a JSON string (python-engineio), or neither.
    public init(body: some Collection<UInt8>) {
        switch JSON(parsing: body, leniently: true) {
        case .string(let text):
            self.message = text
            self.isBareMessage = true
        case let json:
            self.code = json?["code"]?.integer
            self.message = json?["message"]?.string
        }
    }

    /// The words of python-engineio, which has no codes.
    private static let versionRefusal = "unsupported version of the Socket.IO or Engine.IO protocols"

    /// The usual meaning of the refusal, for people who see it for the first time.
    public var hint: String? {
        if self.code == 5 || self.message?.utf8.firstOccurrence(of: Self.versionRefusal.utf8) != nil {
            return "the server and this client speak different versions of Engine.IO; this client speaks Engine.IO 4, "
                + "as Socket.IO does since version 3 (python-socketio since version 5)"
        }
        guard self.code == 1 else { return nil }
        return "another node may have answered, or the server was restarted: with several nodes, sessions must stick"
    }
}
