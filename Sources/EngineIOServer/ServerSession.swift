import EngineIO
import NIOCore

/// One client: joins its state machine to the connections that carry it.
package final class ServerSession {
    /// Another number for each session of a server.
    package let number: Int
    let sid: String
    /// When its next ping or its pong is due; entries of the queue with another time are out of date.
    var heartbeatDeadline: NIODeadline?
    /// A ping was sent and not answered.
    var awaitsPong = false
    /// The receiver of the messages, if an application uses them.
    var delegate: (any ServerSessionDelegate)?
    private let server: ServerContext
    private var state: ServerSessionStateMachine
    private var outgoing = CircularBuffer<Packet>(initialCapacity: 1)
    private var outgoingBytes = 0
    /// The connection whose poll waits.
    private var poll: HTTPConnectionHandler?
    private var post = Post.none
    /// Whether the session ends as soon as nothing is queued.
    private var isLeaving = false
    private var webSocket: ServerWebSocketHandler?
    private var probe: ServerWebSocketHandler?

    /// The post that was received.
    private enum Post {
        case none
        /// Its packets are read in turns.
        case reading
        /// Its packets are read, and its answer waits until the client's polls have fetched enough.
        case waiting(HTTPConnectionHandler)
    }

    init(number: Int, sid: String, state: ServerSessionStateMachine, server: ServerContext) {
        self.number = number
        self.sid = sid
        self.server = server
        self.state = state
    }

    var acceptedRequests: EngineIORequest.Accepted { self.state.acceptedRequests }

    /// About what a queued packet takes in memory besides its bytes.
    private static let packetOverhead = 128
    private var isBehind: Bool { self.outgoingBytes > self.server.configuration.maxQueued }

    /// The most bytes that a message of the client may have.
    package var maxPayload: Int { self.server.configuration.maxPayload }

    /// The open packet, with its type.
    var openPacket: String {
        let configuration = self.server.configuration
        let upgrades = configuration.upgrades(self.state.possibleUpgrades)
        let names = upgrades.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return """
            0{"sid":"\(self.sid)","upgrades":[\(names)],\
            "pingInterval":\(configuration.pingInterval.nanoseconds / 1_000_000),\
            "pingTimeout":\(configuration.pingTimeout.nanoseconds / 1_000_000),\
            "maxPayload":\(configuration.maxPayload)}
            """
    }

    // MARK: Sending

    /// Sends one message because of a message of this client: no more of them are read while too much is unwritten.
    /// `data` is valid only during the call.
    package func reply(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) {
        self.server.statistics.sent += 1
        if let webSocket = self.webSocket {
            webSocket.writeMessage(kind, data)
        } else {
            self.enqueue(Packet(type: .message, kind: kind, data: ByteBuffer(bytes: data)))
        }
    }

    /// Sends messages because of another client. A client that is too far behind with them is disconnected.
    package func send(_ messages: SharedMessages) {
        self.server.statistics.sent += messages.packets.count
        if let webSocket = self.webSocket {
            webSocket.send(messages.frames)
            webSocket.closeIfBehind()
        } else {
            for packet in messages.packets { self.enqueue(packet) }
            self.flush()
            // The messages of others cannot be held back for one slow client.
            if self.isBehind { self.close(.server) }
        }
    }

    func ping() {
        if let webSocket = self.webSocket {
            webSocket.sendPacket(.ping)
        } else {
            self.enqueue(Packet(type: .ping))
            self.flush()
        }
    }

    private func enqueue(_ packet: Packet) {
        if self.state.isClosed { return }
        self.outgoing.append(packet)
        self.outgoingBytes += packet.payloadLength + Self.packetOverhead
    }

    private func flush() {
        if self.outgoing.isEmpty { return }
        switch self.state.packetsQueued() {
        case .hold:
            break
        case .answerPoll:
            self.answerPoll(self.takePayload())
            self.answerPostUnlessBehind()
        case .writeFrames:
            while let packet = self.outgoing.popFirst() { self.webSocket?.send(packet) }
            self.outgoingBytes = 0
            self.answerPostUnlessBehind()
        }
    }

    /// As many packets as python-engineio's client takes at once, in at most maxPayload bytes.
    private func takePayload() -> ByteBuffer {
        let queued = self.outgoing.count
        let (body, _, _) = PayloadWriter.take(
            from: &self.outgoing, maxPayload: self.server.configuration.maxPayload)
        let packets = queued - self.outgoing.count
        self.outgoingBytes -= body.readableBytes - (packets - 1) + packets * Self.packetOverhead
        return body
    }

    private func answerPoll(_ body: ByteBuffer) {
        let poll = self.poll
        self.poll = nil
        poll?.answerPoll(body)
    }

    private func answerPoll(_ type: PacketType) {
        self.answerPoll(ByteBuffer(integer: type.rawValue))
    }

    // MARK: Polling requests

    func pollArrived(on connection: HTTPConnectionHandler) {
        if self.server.mode == .flood, self.state.mayFloodPolls, !self.isLeaving { self.fillFromFlood() }
        switch self.state.pollArrived(hasPackets: !self.outgoing.isEmpty) {
        case .answer:
            connection.answerPoll(self.takePayload())
            self.answerPostUnlessBehind()
        case .answerNoop:
            connection.answerPoll(ByteBuffer(integer: PacketType.noop.rawValue))
        case .wait:
            self.poll = connection
            if self.isLeaving { self.close(.server) }
        case .refuseAndClose:
            connection.refuse(.badRequest)
            self.close(.server)
        }
    }

    private func fillFromFlood() {
        while self.outgoing.count < PayloadWriter.maximumPackets {
            self.server.statistics.sent += 1
            self.enqueue(Packet(type: .message, data: self.server.floodMessage))
        }
    }

    /// The connection of the poll that waits has gone: what would have been its answer may be lost.
    func pollAborted() {
        self.poll = nil
        self.close(.server)
    }

    /// - Returns: false when the post is refused; the session has ended then.
    func postArrived() -> Bool {
        switch self.state.postArrived() {
        case .accept:
            return true
        case .refuseAndClose:
            self.close(.server)
            return false
        }
    }

    /// A post that was answered before its body was read.
    func postRefused() {
        self.server.statistics.bad += 1
        self.state.postAnswered()
    }

    /// The connection of a post whose answer is held back has gone.
    func postAborted() {
        if case .reading = self.post { return }
        self.post = .none
        self.state.postAnswered()
    }

    /// Takes the packets of a post's body and answers it: at once, or when the client's polls have fetched enough.
    func postEnded(_ body: ByteBuffer, on connection: HTTPConnectionHandler) {
        guard self.state.readsPosts else {
            self.state.postAnswered()
            return connection.refuse(.badRequest)
        }
        self.post = .reading
        self.read(UnreadPayload(body), on: connection)
    }

    /// Reads as much of a post's body as one turn of the loop allows, and the rest after the server's other sessions.
    private func read(_ payload: UnreadPayload, on connection: HTTPConnectionHandler) {
        var payload = payload
        var budget = TurnBudget()
        var isLegal = true
        do throws(PacketError) {
            try payload.read(&budget, while: { isLegal && !self.state.isClosed }) { isLegal = self.received($0) }
        } catch {
            self.breach()
            isLegal = false
        }
        // The answer may close the connection, whose read cycle has no end then.
        self.server.endOfReadCycle()
        guard isLegal else {
            self.post = .none
            self.state.postAnswered()
            return connection.refuse(.badRequest)
        }
        if !payload.isAtEnd, !self.state.isClosed {
            let rest = payload
            return self.server.nextTurn { self.read(rest, on: connection) }
        }
        self.post = .waiting(connection)
        // Only now that all packets are read: one poll carries their answers together.
        self.flush()
        self.answerPostUnlessBehind()
    }

    private func answerPostUnlessBehind() {
        guard case .waiting(let connection) = self.post, !self.isBehind else { return }
        self.post = .none
        self.state.postAnswered()
        connection.answerPost()
    }

    // MARK: Websocket

    func opened(on webSocket: ServerWebSocketHandler) {
        self.webSocket = webSocket
    }

    /// - Returns: whether the websocket may probe for an upgrade.
    func probeArrived(on webSocket: ServerWebSocketHandler) -> Bool {
        guard self.server.configuration.allowUpgrades, self.state.webSocketArrived() else { return false }
        self.probe = webSocket
        return true
    }

    func probeReceived(_ type: PacketType?, isProbe: Bool) {
        switch self.state.probeReceived(type, isProbe: isProbe) {
        case .answerProbe(let noopToPoll):
            self.probe?.sendPacket(.pong, Packet.probe)
            if noopToPoll { self.answerPoll(.noop) }
        case .complete:
            self.webSocket = self.probe
            self.probe = nil
            self.webSocket?.upgradeCompleted()
            self.server.statistics.upgrades += 1
            self.flush()
            if self.isLeaving { return self.close(.server) }
            self.webSocket?.startFlood()
        case .abandon:
            let probe = self.probe
            self.probe = nil
            probe?.close()
        }
    }

    /// A websocket of this session has ended, by a Close frame or without.
    func webSocketClosed(_ handler: ServerWebSocketHandler) {
        if handler === self.probe {
            self.probe = nil
            self.state.probeClosed()
        } else if handler === self.webSocket {
            self.webSocket = nil
            self.close(.client)
        }
    }

    // MARK: Packets and the end

    /// - Returns: false when the packet was a breach of the protocol, which has ended the session.
    func received(_ packet: ReceivedPacket) -> Bool {
        switch packet {
        case .binary(let data):
            data.withUnsafeReadableBytes { self.server.received(.binary, $0, from: self) }
            return true
        case .unknown:
            self.breach()
            return false
        case .packet(let type, let data):
            switch self.state.packetReceived(type) {
            case .deliver:
                self.server.received(.text, data, from: self)
            case .pong:
                self.server.statistics.pongs += 1
                // One that nothing asked for moves no deadline: a client can send millions of them.
                guard self.awaitsPong else { break }
                self.awaitsPong = false
                self.server.scheduleHeartbeat(.ping, for: self)
            case .clientClosed:
                self.close(.client)
            case .violation:
                self.breach()
                return false
            case .ignore:
                break
            }
            return true
        }
    }

    /// Ends a session whose client does not keep to the protocol.
    package func breach() {
        self.server.statistics.bad += 1
        self.close(.server)
    }

    /// Ends the session of a client that has kept to the protocol.
    package func end() { self.close(.server) }

    /// Ends the session once its client has what is queued for it.
    func leave() {
        self.isLeaving = true
        // A poll waits only where nothing is queued.
        if self.webSocket != nil || self.poll != nil { self.close(.server) }
    }

    func close(_ end: SessionEnd) {
        let action = self.state.close(end)
        if case .none = action { return }
        self.server.remove(self, end)
        self.outgoing.removeAll()
        self.outgoingBytes = 0
        self.answerPostUnlessBehind()
        if case .endAndAnswerPoll(let type) = action { self.answerPoll(type) }
        let (webSocket, probe) = (self.webSocket, self.probe)
        (self.webSocket, self.probe) = (nil, nil)
        if end != .client { webSocket?.sendPacket(.close) }
        webSocket?.close()
        probe?.close()
    }
}
