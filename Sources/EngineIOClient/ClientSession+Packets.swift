import EngineIO
import EpollLoop
import Logging
import NIOCore

/// What the server says, whatever transport it came by.
extension ClientSession {
    func received(_ packet: ReceivedPacket) {
        if self.observer.trace != nil { self.traceUndelivered(packet) }
        switch packet {
        case .packet(let type, let data):
            if self.isOverLimit(data.count) { return }
            self.received(type, data)
        case .binary(let data):
            guard self.machine.state == .open else {
                return self.perform(
                    self.machine.received(.message), .message, UnsafeRawBufferPointer(start: nil, count: 0))
            }
            if self.isOverLimit(data.readableBytes) { return }
            data.withUnsafeReadableBytes { self.deliver(.binary, $0, by: self.carrier) }
        case .unknown(let digit):
            self.logUnexpected(digit)
        }
    }

    /// What the packet came by that is being read.
    private var carrier: Transport { self.isReadingPayload ? .polling : self.transport ?? .polling }

    /// A server can send millions of them.
    private func logUnexpected(_ digit: UInt8) {
        self.unexpectedPackets += 1
        let most = 10
        if self.unexpectedPackets > most { return }
        let isLast = self.unexpectedPackets == most
        self.observer.logger.error(
            "Received unexpected packet of type \(digit - 0x30)\(isLast ? "; more of them are not logged" : "")")
    }

    /// What is delivered is traced there.
    private func traceUndelivered(_ packet: ReceivedPacket) {
        let transport = self.carrier
        switch packet {
        case .packet(.message, _) where self.machine.state == .open, .binary where self.machine.state == .open: break
        case .packet(let type, let data): self.observer.trace?.packet(.received, transport, type, data)
        case .binary(let data):
            data.withUnsafeReadableBytes { self.observer.trace?.packet(.received, transport, .message, $0, .binary) }
        case .unknown(let digit): withUnsafeBytes(of: digit) { self.observer.trace?.unknown(transport, $0) }
        }
    }

    private func isOverLimit(_ length: Int) -> Bool {
        let limit = self.configuration.maximumMessageSize
        guard length > limit else { return false }
        self.lose(DisconnectDetail(.parse, message: ClientConfiguration.limitText(length, limit)))
        return true
    }

    private func received(_ type: PacketType, _ data: UnsafeRawBufferPointer) {
        self.perform(self.machine.received(type), type, data)
    }

    private func perform(
        _ action: SessionStateMachine.PacketAction, _ type: PacketType, _ data: UnsafeRawBufferPointer
    ) {
        switch action {
        case .deliver:
            self.deliver(.text, data, by: self.carrier)
        case .pong:
            guard data.count <= PongSlot.mostData else {
                let what = "a ping with \(data.count) bytes of data; it may have \(PongSlot.mostData)"
                return self.lose(DisconnectDetail(.parse, message: "the server sent \(what)"))
            }
            let now = NIODeadline.now()
            self.observer.meter?.pinged(self.carrier, after: now - (self.heartbeat?.lastPing ?? now))
            self.heartbeat?.pingReceived(now: now)
            if self.observer.logsPackets { self.observer.logger.info("Received packet PING") }
            self.sendPong(data)
        case .readHandshake:
            self.open(data)
        case .serverClosed:
            if self.observer.logsPackets { self.observer.logger.info("Received packet CLOSE") }
            self.webSocket?.close(timeout: nil)
            self.finish(.serverDisconnect, DisconnectDetail(.serverClose, message: "the server closed the session"))
        case .unexpected:
            self.logUnexpected(type.rawValue)
        case .fail(let message):
            let message = self.transport == .websocket ? "no OPEN packet" : message
            self.attemptFailed(ConnectionError(.open, message))
        case .ignore:
            break
        }
    }

    /// Engine.IO 3 writes the length before each packet: `96:0{"sid":…`.
    static func versionHint(_ payload: UnsafeRawBufferPointer) -> String? {
        let digits = payload.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, payload.dropFirst(digits.count).first == UInt8(ascii: ":") else { return nil }
        return "the server speaks Engine.IO 3, this client speaks Engine.IO 4"
    }

    @inline(__always)
    func deliver(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, by transport: Transport) {
        if self.watchesPackets { self.observer.message(.received, kind, bytes, by: transport) }
        if transport == .websocket {
            self.webSocketTraffic.pointee.received &+= 1
        } else {
            self.pollingTraffic.pointee.received &+= 1
        }
        self.delegate?.sessionReceived(kind, bytes)
    }

    private func open(_ data: UnsafeRawBufferPointer) {
        let transport = self.transport ?? .polling
        let handshake: Handshake
        do {
            handshake = try Handshake(openPacketData: data)
        } catch {
            return self.attemptFailed(ConnectionError(.open, "Unexpected response from server", cause: "\(error)"))
        }
        self.machine.opened()
        self.endStageTimers()
        self.handshake = handshake
        self.builder.sid = handshake.sid
        self.serverLimit = handshake.maxPayload ?? .max
        self.observer.logger.info("\(transport) connection accepted with sid \(SecretMask.mask)")
        self.openedAt = .now()
        self.observer.meter?.connectEnded(.opened, transport)
        self.observer.meter?.phaseEnded(.handshake, transport, after: self.openedAt - self.connector.lastConnected.time)
        self.heartbeat = Heartbeat(handshake, now: self.openedAt)
        self.watchHeartbeat()
        self.delegate?.sessionOpened(handshake, transport: transport, address: self.builder.address(transport))
        if transport == .websocket, self.machine.state == .open { self.connected() }
    }

    func connected() {
        guard self.machine.state == .open, !self.isConnectedTold else { return }
        self.isConnectedTold = true
        self.connectTimer?.cancel()
        self.connectTimer = nil
        self.observer.meter?.phaseEnded(.total, self.transport ?? .polling, after: .now() - self.startedAt)
        self.delegate?.sessionConnected()
    }

    func upgraded(to webSocket: WebSocketHandler) {
        self.webSocket = webSocket
        self.transport = .websocket
        self.observer.meter?.phaseEnded(.upgrade, .websocket, after: .now() - self.openedAt)
        self.delegate?.sessionUpgraded()
    }
}
