import EngineIO

extension DisconnectDetail {
    /// What the server's Close frame says (RFC 6455, section 5.5.1).
    init(closeFrame payload: UnsafeRawBufferPointer) throws(WebSocketProtocolError) {
        self.init(.webSocketClose)
        if payload.count == 1 { throw WebSocketProtocolError("a Close frame has half a status code") }
        if payload.count >= 2 {
            let code = UInt16(bigEndian: payload.loadUnaligned(as: UInt16.self))
            let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
            guard WebSocketCloseCode.mayBeSent(code) else {
                throw WebSocketProtocolError("a Close frame has the status code \(code), which none may have")
            }
            if UTF8Validation.firstInvalidOffset(reason) != nil {
                throw WebSocketProtocolError(
                    code: WebSocketCloseCode.invalidPayload, "the reason of a Close frame is not UTF-8")
            }
            self.webSocketCode = Int(code)
            self.webSocketReason = String(decoding: reason, as: UTF8.self)
        }
        self.message = "the server closed the websocket"
        if let code = self.webSocketCode {
            let reason = self.webSocketReason ?? ""
            self.message = "the server closed the websocket with code \(code)\(reason.isEmpty ? "" : ", \(reason)")"
        }
    }
}
