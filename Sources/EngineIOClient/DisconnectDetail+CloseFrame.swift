import EngineIO

extension DisconnectDetail {
    init(_ frame: WebSocketCloseFrame) {
        self.init(.webSocketClose, message: "the server closed the websocket")
        guard let code = frame.code else { return }
        self.webSocketCode = Int(code)
        self.webSocketReason = frame.reason
        let reason = frame.reason.isEmpty ? "" : ", \(frame.reason)"
        self.message = "the server closed the websocket with code \(code)\(reason)"
    }
}
