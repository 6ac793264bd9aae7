import EngineIO
import EngineIOClient
import Logging
import NIOCore
import SocketIO

/// Messages of the server, out of Engine.IO.
extension SocketIOSession: SessionDelegate {
    package func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        guard self.machine.advance(from: .engine, to: .authentication) else { return }
        self.delegate?.socketIOEngineOpened(handshake, transport: transport, address: address)
    }

    package func sessionUpgraded() { self.delegate?.socketIOEngineUpgraded() }

    package func sessionConnected() {
        self.machine.settled()
        self.checkReady()
    }

    package func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        let main = ReceivedSocketIOPacket.mainNamespace
        let noAttachments = UnsafeBufferPointer<UnsafeRawBufferPointer>(start: nil, count: 0)
        let type = bytes.first
        if type == SocketIOPacketType.event.rawValue, let payload = self.reader.plainEvent(kind, bytes),
            let connection = self.namespaces.receivedEvent(main, payload: payload)
        {
            self.delegate?.socketIOEvent(
                SocketIOReceived(
                    namespace: main, connection: connection, id: UnsafeRawBufferPointer(start: nil, count: 0),
                    payload: payload, attachments: noAttachments))
            return
        }
        if type == SocketIOPacketType.ack.rawValue, let ack = self.reader.plainAck(kind, bytes),
            let connection = self.namespaces.connection(of: main)
        {
            self.delegate?.socketIOAck(
                ack.id,
                SocketIOReceived(
                    namespace: main, connection: connection, id: ack.digits, payload: ack.payload,
                    attachments: noAttachments))
            return
        }
        do throws(SocketIOPacketError) {
            switch try self.reader.read(kind, bytes) {
            case .packet(let packet):
                try self.received(packet, noAttachments)
            case .assembled(let assembled):
                self.received(assembled, last: bytes)
                self.reader.reuse(assembled)
            case .incomplete:
                break
            }
        } catch {
            self.illegal(error.description, ConnectSecret.mayBe(in: kind, bytes) ? nil : bytes)
        }
    }

    private func received(_ assembled: AssembledPacket, last: UnsafeRawBufferPointer) {
        assembled.withParts(last: last) { message, attachments in
            do throws(SocketIOPacketError) {
                try self.received(try self.reader.packet(message), attachments)
            } catch {
                self.illegal(error.description, message)
            }
        }
    }

    @inline(__always)
    private func received(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
    ) throws(SocketIOPacketError) {
        switch try self.namespaces.received(packet) {
        case .deliver(let connection):
            self.delegate?.socketIOEvent(self.delivered(packet, attachments, connection))
        case .ack(let connection):
            guard let id = self.serializer.number(ofID: packet.id) else { return self.logIgnored(packet) }
            self.delegate?.socketIOAck(id, self.delivered(packet, attachments, connection))
        case .hold(let index):
            try self.namespaces.hold(index, packet, attachments, limit: self.maximumSize)
        case .connect(let index):
            self.connected(index, packet.payload)
        case .refuse(let index, let isAgain):
            self.refused(index, packet.payload, isAgain: isAgain)
        case .disconnect(let index, let wasConnected):
            self.disconnected(index, packet.payload, wasConnected: wasConnected)
        case .ignore:
            self.logIgnored(packet)
        }
    }

    @inline(__always)
    private func delivered(
        _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
        _ connection: UInt64
    ) -> SocketIOReceived {
        SocketIOReceived(
            namespace: packet.namespace, connection: connection, id: packet.id, payload: packet.payload,
            attachments: attachments)
    }

    private func logIgnored(_ packet: ReceivedSocketIOPacket) {
        let name = packet.type == .connect ? ConnectSecret.namespace(packet.namespace) : packet.namespace
        self.logger.debug("Ignored a packet \(packet.type) for the namespace \(PacketQuote.of(name))")
    }

    // MARK: Namespaces

    private func connected(_ index: Int, _ payload: UnsafeRawBufferPointer) {
        let answer: ConnectAnswer
        do {
            answer = try ConnectAnswer(payload, self.serializer)
        } catch {
            // Its payload is not shown: it may have a private id.
            return self.illegal(error.description, nil)
        }
        self.machine.serverAnswered()
        let time = self.namespaces[index].isAsked ? self.time(since: self.namespaces[index].askedAt) : nil
        let (held, isRecovered) = self.namespaces.connected(index, answer)
        let (namespace, connection) = (self.namespaces[index], self.namespaces.connection(index))
        var name = namespace.name
        for event in held where self.namespaces.isConnected(index, connection) {
            event.withParts { id, payload, attachments in
                name.withUTF8 { name in
                    self.delegate?.socketIOEvent(
                        SocketIOReceived(
                            namespace: UnsafeRawBufferPointer(name), connection: connection, id: id,
                            payload: payload, attachments: attachments))
                }
            }
        }
        // A handler of an event may have left the namespace.
        guard self.namespaces.isConnected(index, connection) else { return }
        self.namespaces.reported(index)
        self.delegate?.socketIOConnected(
            namespace: namespace.name, sid: answer.sid, isRecovered: isRecovered, after: time)
        self.checkReady()
    }

    /// - Parameter start: nanoseconds of the monotonic clock.
    private func time(since start: UInt64) -> TimeAmount {
        self.loop.now - NIODeadline.uptimeNanoseconds(start)
    }

    private func refused(_ index: Int, _ payload: UnsafeRawBufferPointer, isAgain: Bool) {
        self.machine.serverAnswered()
        self.delegate?.socketIORefused(namespace: self.namespaces[index].name, payload: payload)
        if isAgain { self.rejoinLater() }
        let reason = self.namespaces[index].refusal.map { ": \($0)" } ?? ""
        let text = "the server has refused the last namespace, \(self.namespaces[index].name)\(reason)"
        self.endIfUnused(.serverDisconnect, DisconnectDetail(.connect, message: text))
        self.checkReady()
    }

    private func disconnected(_ index: Int, _ payload: UnsafeRawBufferPointer, wasConnected: Bool) {
        self.machine.serverAnswered()
        let text = ServerWords.of(payload, self.serializer)
        let detail = DisconnectDetail(.serverClose, message: text ?? "the server has left the namespace")
        if wasConnected {
            self.delegate?.socketIODisconnected(
                namespace: self.namespaces[index].name, .serverDisconnect, detail, willReconnect: false)
        }
        self.endIfUnused(.serverDisconnect, detail)
        self.checkReady()
    }
}
