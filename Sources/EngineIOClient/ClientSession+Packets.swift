import EngineIO
import Logging
import NIOCore

/// Packets of the server, whatever carries them.
extension ClientSession {
    // MARK: Messages of a transport that frames them

    @inline(__always)
    func received(text: UnsafeRawBufferPointer, by transport: WebSocketHandler) {
        if self.sender != nil, text.first == PacketType.message.rawValue {
            return self.deliver(.text, UnsafeRawBufferPointer(rebasing: text[1..<text.count]), by: transport.carrier)
        }
        self.received(packet: text, by: transport)
    }

    @inline(__always)
    func received(binary: UnsafeRawBufferPointer, by transport: WebSocketHandler) {
        if self.sender != nil { return self.deliver(.binary, binary, by: transport.carrier) }
        self.received(unexpectedBinary: binary, by: transport)
    }

    /// One packet as text.
    func received(packet text: UnsafeRawBufferPointer, by transport: any SessionTransport) {
        if let upgrade = self.machine.upgrade(to: transport) { return upgrade.received(text) }
        let wasConnecting = self.machine.isConnecting
        do {
            self.received(try ReceivedPacket(text), by: transport.carrier)
        } catch {
            self.lose(DisconnectDetail(.parse, message: "the server sent \(error)"))
        }
        if wasConnecting, self.isOpen { self.settle(on: transport) }
    }

    private func received(unexpectedBinary bytes: UnsafeRawBufferPointer, by transport: any SessionTransport) {
        if let upgrade = self.machine.upgrade(to: transport) { return upgrade.receivedBinary() }
        guard self.machine.isConnecting else { return }
        self.attemptFailed(ConnectionError(.open, "no OPEN packet", cause: "the server sent binary data"))
    }

    // MARK: Packets

    func received(_ packet: ReceivedPacket, by carrier: Carrier) {
        if self.observer.trace != nil { self.traceUndelivered(packet, carrier.name) }
        switch packet {
        case .packet(let type, let data):
            if self.isOverLimit(data.count) { return }
            self.perform(self.machine.received(type), type, data, carrier)
        case .binary(let data):
            guard self.isOpen else {
                let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                return self.perform(self.machine.received(.message), .message, nothing, carrier)
            }
            if self.isOverLimit(data.readableBytes) { return }
            data.withUnsafeReadableBytes { self.deliver(.binary, $0, by: carrier) }
        case .unknown(let digit):
            self.logUnexpected(digit)
        }
    }

    /// A server can send millions of them.
    private func logUnexpected(_ digit: UInt8) {
        self.unexpectedPackets += 1
        let most = 10
        if self.unexpectedPackets > most { return }
        let isLast = self.unexpectedPackets == most
        self.observer.logger.error(
            "Received unexpected packet of type \(digit - 0x30)\(isLast ? "; more of them are not logged" : "")")
    }

    /// Messages are traced when they are delivered.
    private func traceUndelivered(_ packet: ReceivedPacket, _ transport: Transport) {
        let trace = self.observer.trace
        switch packet {
        case .packet(.message, _) where self.isOpen, .binary where self.isOpen: break
        case .packet(let type, let data): trace?.packet(.received, transport, type, data)
        case .binary(let data):
            data.withUnsafeReadableBytes { trace?.packet(.received, transport, .message, $0, .binary) }
        case .unknown(let digit): withUnsafeBytes(of: digit) { trace?.unknown(transport, $0) }
        }
    }

    private func isOverLimit(_ length: Int) -> Bool {
        let limit = self.context.configuration.maximumMessageSize
        guard length > limit else { return false }
        self.lose(DisconnectDetail(.parse, message: MessageLimit.client.exceeded(by: length, limit: limit)))
        return true
    }

    private func perform(
        _ action: SessionMachine.PacketAction, _ type: PacketType, _ data: UnsafeRawBufferPointer, _ carrier: Carrier
    ) {
        switch action {
        case .deliver:
            self.deliver(.text, data, by: carrier)
        case .pong:
            self.pinged(data, carrier)
        case .readHandshake:
            self.open(data, carrier)
        case .serverClosed:
            self.observer.log("Received", .close)
            self.closedByServer()
        case .unexpected:
            self.logUnexpected(type.rawValue)
        case .fail:
            self.attemptFailed(ConnectionError(.open, self.machine.current?.missingOpenPacket ?? "no OPEN packet"))
        case .ignore:
            break
        }
    }

    @inline(__always)
    func deliver(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, by carrier: Carrier) {
        if self.watchesPackets { self.watch(.received, kind, bytes, by: carrier) }
        carrier.traffic.pointee.received &+= 1
        self.delegate?.sessionReceived(kind, bytes)
    }

    /// Apart, so that the code of a message that nobody watches is short.
    @inline(never)
    func watch(
        _ direction: TraceEvent.Direction, _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, by carrier: Carrier
    ) {
        self.observer.message(direction, kind, bytes, by: carrier.name)
    }

    private func pinged(_ data: UnsafeRawBufferPointer, _ carrier: Carrier) {
        guard data.count <= PongSlot.mostData else {
            let text = "a ping with \(data.count) bytes of data; it may have \(PongSlot.mostData)"
            return self.lose(DisconnectDetail(.parse, message: "the server sent \(text)"))
        }
        let now = self.context.loop.now
        self.meter?.pinged(carrier.name, after: now - (self.heartbeat?.lastPing ?? now))
        self.heartbeat?.pingReceived(now: now)
        self.observer.log("Received", .ping)
        self.machine.current?.sendPong(data)
    }

    private func open(_ data: UnsafeRawBufferPointer, _ carrier: Carrier) {
        let handshake: Handshake
        do {
            handshake = try Handshake(openPacketData: data)
        } catch {
            return self.attemptFailed(ConnectionError(.open, "Unexpected response from server", cause: "\(error)"))
        }
        let (now, transport) = (NIODeadline.now(), carrier.name)
        self.decide { $0.opened(handshake, at: now) }
        self.timers.endStage()
        self.context.requests.sid = handshake.sid
        self.serverLimit = handshake.maxPayload ?? .max
        self.observer.logger.info("\(transport) connection accepted with sid \(SecretMask.mask)")
        self.meter?.connectEnded(.opened, transport)
        self.meter?.phaseEnded(.handshake, transport, after: now - self.context.connector.lastConnected)
        self.heartbeat = Heartbeat(handshake, now: self.context.loop.now)
        self.watchHeartbeat()
        let address = self.context.requests.address(transport)
        self.delegate?.sessionOpened(handshake, transport: transport, address: address)
    }
}
