import EngineIO
import NIOCore

/// The end of a websocket.
extension WebSocketHandler {
    func writeClose(code: UInt16) {
        withUnsafeBytes(of: code.bigEndian) { self.writeControl(.close, $0) }
    }

    func close(timeout: TimeAmount) {
        guard self.state == .open else { return }
        guard self.channel != nil else { return self.end(DisconnectDetail(.client)) }
        // A closing client reads on, or the server's Close frame would never be seen.
        self.releaseAll()
        guard self.output.isBehind else { return self.startCloseHandshake(timeout: timeout) }
        // A pong may not follow a Close frame: until that is with the system, pings are answered before it.
        self.state = .draining
        self.endAfter(timeout)
        self.output.flush()
        self.output.whenDrained {
            if self.state == .draining { self.startCloseHandshake(timeout: timeout) }
        }
    }

    private func startCloseHandshake(timeout: TimeAmount) {
        guard self.channel != nil else { return }
        self.writeClosePackets()
        self.state = .closing
        self.endAfter(timeout)
        self.output.flush()
        self.output.whenDrained { self.endAfter(min(timeout, ClientSession.closeGracePeriod)) }
    }

    func abort() -> Bool {
        guard self.state == .open else { return true }
        if self.channel != nil {
            self.writeClosePackets()
            self.output.flush()
        }
        self.end(DisconnectDetail(.client))
        return true
    }

    func serverClosed() { _ = self.abort() }

    /// Closes on both levels: that of Engine.IO and that of the websocket.
    private func writeClosePackets() {
        self.writePacket(.close)
        self.writeClose(code: WebSocketCloseCode.normal)
    }

    private func endAfter(_ amount: TimeAmount) {
        guard self.state == .closing || self.state == .draining else { return }
        self.closeTimer?.cancel()
        self.closeTimer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: amount) {
            self.end(DisconnectDetail(.client))
        }
    }

    func drop() {
        self.handshaking?.cancel()
        self.handshaking = nil
        self.state = .closed
        self.closeTimer?.cancel()
        self.backlog.end()
        self.partial = ByteBuffer()
        self.closeChannel()
    }

    private func closeChannel() {
        let channel = self.channel
        self.detach()
        channel?.close(promise: nil)
    }

    /// The session is notified by ``connectionClosed()``, which follows.
    func readFailed(_ error: any Error) {
        if self.loss == nil { self.loss = .failed(error) }
        self.output.detach()
    }

    func connectionClosed() {
        self.detach()
        self.connectionLost()
    }

    func connectionLost() {
        var detail = DisconnectDetail(.eof, message: "the connection was closed without a Close frame")
        if let failure = self.loss?.error {
            detail = DisconnectDetail(ErrorText.cause(of: failure), message: ErrorText.of(failure))
        }
        if self.readsRest(before: detail) { return }
        self.end(detail)
    }

    func end(_ detail: DisconnectDetail) {
        guard self.state != .closed else { return }
        self.drop()
        self.later { $0.session.closed($0, detail) }
    }

    /// The system may report a lost connection from within a write, and a write may come from within the script:
    /// the session must not call the script then.
    func later(_ body: @escaping (WebSocketHandler) -> Void) {
        if self.output.isFlushing {
            self.loop.eventLoop.assumeIsolated().execute { body(self) }
        } else {
            body(self)
        }
    }
}
