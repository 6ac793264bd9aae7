import EngineIO
import NIOCore

/// The end of a websocket.
extension WebSocketHandler {
    func writeClose(code: UInt16) {
        withUnsafeBytes(of: code.bigEndian) { self.writeControl(.close, $0) }
    }

    /// Says goodbye on both levels behind all that is queued, waits for the server's Close frame, and closes.
    ///
    /// - Parameter timeout: how long the writing may take; the server's answer then has
    ///   ``ClientSession/farewell``. nil closes the connection without waiting for anything.
    func close(timeout: TimeAmount?) {
        guard self.state == .open else { return }
        guard self.channel != nil else { return self.end(DisconnectDetail(.client)) }
        guard let timeout else {
            self.writeGoodbye()
            self.output.flush()
            return self.end(DisconnectDetail(.client))
        }
        // A closing client reads on, or the server's Close frame would never be seen.
        self.releaseAll()
        guard self.output.isBehind else { return self.sayGoodbye(timeout: timeout) }
        // A pong may not follow a Close frame: until that is with the system, pings are answered in front of it.
        self.state = .leaving
        self.endAfter(timeout)
        self.output.flush()
        self.output.whenDrained {
            if self.state == .leaving { self.sayGoodbye(timeout: timeout) }
        }
    }

    private func sayGoodbye(timeout: TimeAmount) {
        guard let channel = self.channel else { return }
        self.writeGoodbye()
        self.state = .closing
        self.endAfter(timeout)
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.endAfter(min(timeout, ClientSession.farewell))
        }
        self.output.flush(promise: promise)
    }

    private func writeGoodbye() {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        self.session.observer.trace?.packet(.sent, .websocket, .close, nothing)
        self.write(.text, prefix: PacketType.close.rawValue, nothing)
        self.writeClose(code: WebSocketCloseCode.normal)
    }

    private func endAfter(_ amount: TimeAmount) {
        guard self.state == .closing || self.state == .leaving else { return }
        self.closeTimer?.cancel()
        self.closeTimer = self.loop.eventLoop.assumeIsolated().scheduleTask(in: amount) {
            self.end(DisconnectDetail(.client))
        }
    }

    /// Drops the connection without a word: the session goes on without it, or is over already.
    func drop() {
        self.state = .closed
        self.closeTimer?.cancel()
        self.stallTimer?.cancel()
        self.partial = ByteBuffer()
        self.closeChannel()
    }

    private func closeChannel() {
        let channel = self.channel
        self.detach()
        channel?.close(promise: nil)
    }

    /// What is left to say comes with ``connectionClosed()``.
    func readFailed(_ error: any Error) {
        if self.failure == nil { self.failure = error }
        self.output.detach()
    }

    func connectionClosed() {
        self.detach()
        self.connectionLost()
    }

    func connectionLost() {
        var detail = DisconnectDetail(.eof, message: "the connection was closed without a Close frame")
        if let failure = self.failure {
            detail = DisconnectDetail(ErrorText.cause(of: failure), message: ErrorText.of(failure))
        }
        if self.readsRest(before: detail) { return }
        self.end(detail)
    }

    func end(_ detail: DisconnectDetail) {
        guard self.state != .closed else { return }
        self.drop()
        self.later { $0.session.webSocketClosed(detail) }
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
