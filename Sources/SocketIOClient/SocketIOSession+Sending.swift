import EngineIO
import EngineIOClient
import Logging
import NIOCore
import SocketIO

/// Packets to the server.
extension SocketIOSession {
    /// More attachments are refused by the JavaScript parser since 4.2.6.
    private static let attachmentsOfOthers = 10

    /// Sends an event.
    ///
    /// - Parameters:
    ///   - namespace: the name of the namespace.
    ///   - packet: the payload (the array with the name and the arguments) behind free bytes for the header.
    ///   - headroom: the number of free bytes, at least `SocketIOHeader.longest` and the length of the namespace.
    ///   - attachments: none with MessagePack.
    ///   - mayWait: see ``EngineIOClient/ClientSession/send(_:_:mayWait:isUTF8:)``.
    ///   - isUTF8: a payload of JSON is known to be valid.
    package func emit(
        _ namespace: UnsafeRawBufferPointer, wantsAck: Bool, packet: UnsafeMutableRawBufferPointer, headroom: Int,
        attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, mayWait: Bool, isUTF8: Bool = false
    ) -> SocketIOSendResult {
        guard let (index, ackID) = self.namespaces.route(to: namespace, wantsAck: wantsAck) else {
            return .notConnected(self.status(of: namespace))
        }
        var header = SocketIOHeader(
            attachments.isEmpty ? .event : .binaryEvent, namespace: namespace, id: wantsAck ? .number(ackID) : .none)
        header.attachmentCount = attachments.count
        let result = self.send(header, packet, headroom, attachments, mayWait: mayWait, isUTF8: isUTF8)
        if result == .sent { return .sent(ackID: ackID) }
        if result != .full, wantsAck { self.namespaces.giveBackAckID(index) }
        return SocketIOSendResult(result, ackID: ackID)
    }

    /// Answers an event. The answer is dropped if the connection is gone that the event came by: the server would end
    /// the session because of it, or take it for the answer to another event.
    ///
    /// - Parameters:
    ///   - connection: that of the event.
    ///   - id: that of the event.
    ///   - packet: the payload (the array with the arguments) behind free bytes for the header.
    ///   - headroom: as for ``emit(_:wantsAck:packet:headroom:attachments:mayWait:isUTF8:)``.
    ///   - isUTF8: a payload of JSON is known to be valid.
    package func acknowledge(
        _ namespace: UnsafeRawBufferPointer, connection: UInt64, id: UnsafeRawBufferPointer,
        packet: UnsafeMutableRawBufferPointer, headroom: Int,
        attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, isUTF8: Bool = false
    ) -> SocketIOSendResult {
        guard let index = self.namespaces.index(of: namespace), self.namespaces.isConnected(index, connection) else {
            return .notConnected(self.status(of: namespace))
        }
        var header = SocketIOHeader(
            attachments.isEmpty ? .ack : .binaryAck, namespace: namespace, id: .received(id))
        header.attachmentCount = attachments.count
        let result = self.send(header, packet, headroom, attachments, mayWait: true, isUTF8: isUTF8)
        return SocketIOSendResult(result, ackID: 0)
    }

    /// Sends a packet and its attachments with nothing between them: only the packet may be refused. The namespace of
    /// the header is connected, so that its name is valid text.
    @inline(__always)
    private func send(
        _ header: SocketIOHeader, _ packet: UnsafeMutableRawBufferPointer, _ headroom: Int,
        _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, mayWait: Bool, isUTF8: Bool
    ) -> SendResult {
        guard let sender = self.sender else { return .notConnected }
        let room = UnsafeMutableRawBufferPointer(rebasing: packet[..<headroom])
        let start = headroom - header.write(self.serializer, toEndOf: room)
        let message = UnsafeRawBufferPointer(rebasing: packet[start...])
        let kind = self.serializer.messageKind
        // Nothing that this calls releases the session: its effects come later.
        var result = sender._withUnsafeGuaranteedRef { $0.send(kind, message, mayWait: mayWait, isUTF8: isUTF8) }
        guard !attachments.isEmpty, result == .sent || result == .full else { return result }
        for attachment in attachments {
            result = sender._withUnsafeGuaranteedRef { $0.send(.binary, attachment, mayWait: true) }
        }
        if attachments.count > Self.attachmentsOfOthers { self.warnOfAttachments(attachments.count) }
        return result
    }

    private func warnOfAttachments(_ count: Int) {
        guard !self.hasWarnedOfAttachments else { return }
        self.noteManyAttachments()
        self.logger.warning(
            """
            A packet with \(count) attachments was sent; servers with socket.io-parser 4.2.6 or later accept \
            \(Self.attachmentsOfOthers) and end the session
            """)
    }

    /// The reason why the namespace is not connected.
    package func status(of namespace: UnsafeRawBufferPointer) -> NamespaceStatus {
        let status = self.namespaces.status(of: namespace)
        return status == .disconnected && self.machine.isReconnecting ? .reconnecting : status
    }

    /// The server's reason, in one line, for the last refusal of a namespace; nil without one.
    package func refusal(of namespace: UnsafeRawBufferPointer) -> String? {
        self.namespaces.index(of: namespace).flatMap { self.namespaces[$0].refusal }
    }

    /// The number of the connection of a namespace; nil if it is not connected.
    package func connection(of namespace: UnsafeRawBufferPointer) -> UInt64? {
        self.namespaces.connection(of: namespace)
    }

    /// Whether a namespace still has the connection with this number.
    package func isConnected(_ connection: UInt64) -> Bool {
        self.namespaces.namespaces.indices.contains { self.namespaces.isConnected($0, connection) }
    }

    // MARK: Namespaces

    /// The payload of a CONNECT packet, which is an empty object without one.
    private func auth(_ payload: UnsafeRawBufferPointer?) -> [UInt8] {
        payload.map { Array($0) } ?? (self.serializer == .json ? Array("{}".utf8) : [0x80])
    }

    func sendConnect(_ index: Int, _ payload: UnsafeRawBufferPointer?) {
        let auth = self.namespaces[index].auth ?? self.auth(payload)
        self.sendPacket(.connect, index, self.namespaces.connectPayload(index, auth: auth))
    }

    /// Sends a packet that does not wait behind others, and cannot be refused.
    func sendPacket(_ type: SocketIOPacketType, _ index: Int, _ payload: [UInt8]?) {
        var name = self.namespaces[index].name
        let packet = name.withUTF8 {
            SocketIOHeader(type, namespace: UnsafeRawBufferPointer($0)).packet(self.serializer, payload: payload)
        }
        _ = packet.withUnsafeBytes { self.engine?.send(self.serializer.messageKind, $0) }
    }

    /// Connects another namespace, or one that was left or refused, on the session that is open. Without
    /// an open session, the next one connects it with the others.
    ///
    /// - Parameter payload: as for ``authenticate(_:)``, but for this namespace alone, and for later sessions, too.
    /// - Returns: false if the namespace is connected or connecting, or the client is neither.
    package func join(_ namespace: String, _ payload: UnsafeRawBufferPointer?) -> Bool {
        switch self.machine.state {
        case .idle: return false
        case .closing where !self.machine.isReconnecting: return false
        case .attempting, .open, .waiting, .closing: break
        }
        let joined = self.namespaces.join(namespace, auth: self.auth(payload), isGiven: payload != nil)
        guard let index = joined else { return false }
        if self.machine.state == .open || self.machine.attempt?.stage == .namespaces {
            self.namespaces.ask(index, .program, now: self.loop.now.uptimeNanoseconds)
            self.sendConnect(index, nil)
        }
        return true
    }

    /// Leaves a namespace. The session ends with its last namespace.
    ///
    /// - Returns: false if the namespace is not wanted.
    package func leave(_ namespace: String) -> Bool {
        var name = namespace
        let found = name.withUTF8 { self.namespaces.index(of: UnsafeRawBufferPointer($0)) }
        guard let index = found, let wasConnected = self.namespaces.leave(index) else { return false }
        if wasConnected { self.sendPacket(.disconnect, index, nil) }
        let isReported = wasConnected && self.namespaces[index].isReported
        self.later {
            if isReported {
                self.delegate?.socketIODisconnected(
                    namespace: namespace, .clientDisconnect, DisconnectDetail(.client), willReconnect: false)
            }
            self.endIfUnused(.clientDisconnect, DisconnectDetail(.client))
            self.checkReady()
        }
        return true
    }
}
