import CLuaHost
import EngineIO
import EngineIOClient
import NIOCore
import SocketIOClient

/// Reports of the session, for the script.
extension SocketIOBinding: SocketIOSessionDelegate {
    func socketIOAttempt(_ number: Int) {
        guard !self.isReleased else { return }
        self.measurement?.attemptBegan()
        luahost_socketio_attempt(self.handle)
    }

    func socketIOEngineOpened(_ handshake: Handshake, transport: Transport, address: String) {
        guard !self.isReleased else { return }
        self.withInfo(handshake, transport, address) { luahost_socketio_opened(self.handle, &$0) }
    }

    func socketIORejoins(_ namespaces: [String]) {
        guard !self.isReleased else { return }
        luahost_socketio_rejoins(self.handle)
    }

    func socketIOEngineUpgraded() {
        guard !self.isReleased else { return }
        luahost_client_upgraded(self.handle)
    }

    func socketIOConnected(namespace: String, sid: String, isRecovered: Bool, after: TimeAmount?) {
        guard !self.isReleased else { return }
        self.measurement?.connected(namespace, after: after)
        let arena = SliceArena()
        withExtendedLifetime(arena) {
            luahost_socketio_connected(self.handle, arena.slice(namespace), arena.slice(sid), isRecovered)
        }
    }

    func socketIORefused(namespace: String, payload: UnsafeRawBufferPointer) {
        guard !self.isReleased else { return }
        let arena = SliceArena()
        withExtendedLifetime(arena) {
            luahost_socketio_refused(self.handle, arena.slice(namespace), luahost_slice(payload))
        }
    }

    func socketIOReady() {
        guard !self.isReleased else { return }
        self.measurement?.ready()
        luahost_socketio_ready(self.handle)
    }

    func socketIOAttemptFailed(_ error: SocketIOConnectError, willRetry: Bool) {
        if !willRetry { self.ended() }
        guard !self.isReleased else { return }
        self.endAcks()
        let error = self.measurement?.attemptFailed(error) ?? error
        let arena = SliceArena()
        var failure = luahost_error(error.error, arena)
        let reasons = error.reasons.map { arena.slice($0) }
        withExtendedLifetime(arena) {
            luahost_socketio_attempt_failed(
                self.handle, &failure, arena.slice(error.refused.joined(separator: ",")), reasons,
                arena.slice(error.silent.joined(separator: ",")), willRetry)
        }
    }

    func socketIOEvent(_ event: SocketIOReceived) {
        guard !self.isReleased else { return }
        self.withReceived(event) { luahost_socketio_event(self.handle, $0) }
    }

    func socketIOAck(_ id: UInt64, _ ack: SocketIOReceived) {
        guard !self.isReleased else { return }
        self.measurement?.ackEnded(connection: ack.connection, id: id, .ok)
        self.withReceived(ack) { luahost_socketio_ack(self.handle, id, $0) }
    }

    func socketIODisconnected(
        namespace: String, _ reason: DisconnectReason, _ detail: DisconnectDetail, willReconnect: Bool
    ) {
        guard !self.isReleased else { return }
        self.endAcks()
        let arena = SliceArena()
        var out = luahost_detail(detail, arena)
        withExtendedLifetime(arena) {
            luahost_socketio_disconnected(self.handle, arena.slice(namespace), reason.code, &out, willReconnect)
        }
    }

    func socketIOEnded(
        _ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willReconnect: Bool
    ) {
        if !willReconnect { self.ended() }
        guard !self.isReleased else { return }
        self.endAcks()
        let arena = SliceArena()
        var out = luahost_detail(detail, arena)
        withExtendedLifetime(arena) {
            luahost_socketio_ended(self.handle, reason.code, &out, unwritten, willReconnect)
        }
    }

    func socketIOGaveUp(byProgram: Bool) {
        self.ended()
        guard !self.isReleased else { return }
        self.measurement?.gaveUp()
        luahost_socketio_gave_up(self.handle, byProgram)
    }

    func socketIORandom() -> Double { self.host.random() }

    func socketIOWritable() {
        guard !self.isReleased else { return }
        luahost_client_writable(self.handle)
    }

    func socketIODrained() {
        guard !self.isReleased else { return }
        luahost_client_drained(self.handle)
    }
}
