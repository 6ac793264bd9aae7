/// A breach of RFC 6455 by the peer: what was wrong, and the code that the Close frame has to carry.
public struct WebSocketProtocolError: Error, Equatable, CustomStringConvertible {
    public var code: UInt16
    public var description: String

    public init(code: UInt16 = WebSocketCloseCode.protocolError, _ description: String) {
        self.code = code
        self.description = description
    }
}
