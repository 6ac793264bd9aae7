/// The status code and the reason of a Close frame (RFC 6455, section 5.5.1).
public struct WebSocketCloseFrame: Equatable, Sendable {
    /// Nil for a frame without a payload.
    public let code: UInt16?
    public let reason: String

    /// - Throws: ``WebSocketProtocolError`` for half a code, a code that no frame may have, and a reason that is not
    ///   UTF-8.
    public init(_ payload: UnsafeRawBufferPointer) throws(WebSocketProtocolError) {
        if payload.count == 1 { throw WebSocketProtocolError("a Close frame has half a status code") }
        if payload.isEmpty {
            self.code = nil
            self.reason = ""
            return
        }
        let code = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        guard WebSocketCloseCode.mayBeSent(code) else {
            throw WebSocketProtocolError("a Close frame has the status code \(code), which none may have")
        }
        if UTF8Validation.firstInvalidOffset(reason) != nil {
            throw WebSocketProtocolError(
                code: WebSocketCloseCode.invalidPayload, "the reason of a Close frame is not UTF-8")
        }
        self.code = code
        self.reason = String(decoding: reason, as: UTF8.self)
    }
}
