import Glibc

/// The namespaces of one client, through all of its sessions: which of them are wanted, and how far each has come.
package struct NamespaceMachine {
    package enum State: Equatable, Sendable {
        /// Wanted, and not asked for in this session.
        case wanted
        case connecting(Asking)
        case connected
        /// Was connected in the session that is being closed.
        case ending
        /// Refused, and not asked for again unless the program does it.
        case refused
        /// Refused, and asked for again by the next attempt.
        case postponed
        /// Left by this side.
        case left
        /// Left by the server.
        case disconnected
    }

    /// The cause of a CONNECT packet.
    package enum Asking: Sendable {
        /// An attempt that is not over before the server has answered.
        case attempt
        /// A namespace that the server had refused in an attempt which has succeeded for others.
        case again
        /// The program, which does not wait.
        case program
    }

    package struct Namespace {
        package let name: String
        fileprivate let bytes: [UInt8]
        package fileprivate(set) var state = State.wanted
        /// Counts the connections of all namespaces, from 1.
        fileprivate var connection: UInt64 = 0
        /// The program was notified of the connection. Before that it gets the events that were held.
        package fileprivate(set) var isReported = false
        /// The last id that asked for an ack; python-socketio counts from 1 for each namespace and session.
        fileprivate var lastAckID: UInt64 = 0
        /// When CONNECT was sent, in nanoseconds of a clock that the caller chooses.
        package fileprivate(set) var askedAt: UInt64 = 0
        /// The text of the server's reason for a refusal.
        package fileprivate(set) var refusal: String?
        /// That reason as the server has sent it; nothing for one of more than 64 KiB.
        package fileprivate(set) var reason: [UInt8] = []
        /// The payload of each CONNECT of this namespace alone; nil for that of the whole client.
        package fileprivate(set) var auth: [UInt8]?
        fileprivate var recovery = RecoveryPoint()
        fileprivate var held = HeldEvents()

        /// Shared by all clients: most have this namespace alone.
        private static let mainBytes = Array("/".utf8)

        /// CONNECT was sent, and not answered yet.
        package var isAsked: Bool { if case .connecting = self.state { true } else { false } }

        fileprivate init(_ name: String) {
            self.name = name
            self.bytes = name == "/" ? Self.mainBytes : Array(name.utf8)
        }
    }

    private static let longestReason = 65536

    package private(set) var namespaces: [Namespace] = []
    private var connections: UInt64 = 0
    private let serializer: SocketIOSerializer
    /// Whether sessions are recovered by servers that can do that.
    private let recovers: Bool

    package init(_ serializer: SocketIOSerializer, recovers: Bool = false) {
        self.serializer = serializer
        self.recovers = recovers
    }

    package subscript(index: Int) -> Namespace { self.namespaces[index] }

    // MARK: Names

    /// The namespaces of a new connection, in their order; a name counts once.
    package mutating func want(_ names: [String]) {
        self.namespaces = []
        for name in names { _ = self.join(name, auth: nil) }
    }

    /// Another namespace is wanted, or the same again.
    ///
    /// - Parameters:
    ///   - auth: the payload of its CONNECT packets, also in later sessions; nil for that of the whole client.
    ///   - isGiven: whether `auth` also replaces that of a namespace that is wanted already.
    /// - Returns: its index; nil if it is connected or connecting.
    package mutating func join(_ name: String, auth: [UInt8]?, isGiven: Bool = true) -> Int? {
        guard let index = self.namespaces.firstIndex(where: { $0.name == name }) else {
            self.namespaces.append(Namespace(name))
            self.namespaces[self.namespaces.count - 1].auth = auth
            return self.namespaces.count - 1
        }
        switch self.namespaces[index].state {
        case .connecting, .connected, .ending: return nil
        case .wanted where !isGiven:
            return index
        case .wanted, .refused, .postponed, .left, .disconnected:
            self.namespaces[index].state = .wanted
            self.namespaces[index].auth = auth
            return index
        }
    }

    /// The index of a namespace by the bytes of its name.
    @inline(__always)
    package func index(of name: UnsafeRawBufferPointer) -> Int? {
        for index in self.namespaces.indices where self.namespaces[index].bytes.count == name.count {
            let isEqual = self.namespaces[index].bytes.withUnsafeBytes { bytes in
                guard let mine = bytes.baseAddress, let other = name.baseAddress else { return false }
                // Without a call for the main namespace.
                return bytes[0] == name[0] && (name.count == 1 || memcmp(mine, other, name.count) == 0)
            }
            if isEqual { return index }
        }
        return nil
    }

    /// The reason why the namespace is not connected; ``NamespaceStatus/disconnected`` also while it may be connected
    /// again.
    package func status(of name: UnsafeRawBufferPointer) -> NamespaceStatus {
        switch self.index(of: name).map({ self.namespaces[$0].state }) {
        case nil: .unknown
        case .connecting: .connecting
        case .refused, .postponed: .refused
        case .left: .left
        case .wanted, .connected, .ending, .disconnected: .disconnected
        }
    }

    // MARK: Connecting

    /// Asks for each namespace that is wanted.
    ///
    /// - Parameter now: the time in nanoseconds.
    /// - Returns: the indices of those whose CONNECT is to be sent, in their order.
    package mutating func ask(_ asking: Asking, now: UInt64) -> [Int] {
        let wanted = self.indices { $0 == .wanted || $0 == .postponed }
        for index in wanted { self.ask(index, asking, now: now) }
        return wanted
    }

    /// Asks for one namespace.
    package mutating func ask(_ index: Int, _ asking: Asking, now: UInt64) {
        self.namespaces[index].state = .connecting(asking)
        self.namespaces[index].askedAt = now
    }

    /// The payload of the CONNECT packet, with what recovers the session.
    package func connectPayload(_ index: Int, auth: [UInt8]?) -> [UInt8]? {
        guard self.recovers else { return auth }
        return self.namespaces[index].recovery.connectPayload(auth: auth, self.serializer)
    }

    /// Whether the server has answered all namespaces for which connecting waits. Those of a session that is being
    /// closed are wanted again, and without an answer.
    package var isAnswered: Bool {
        !self.namespaces.contains { $0.state == .connecting(.attempt) || $0.state == .wanted }
    }

    /// Whether a namespace is connected, or may still be.
    package var isInUse: Bool {
        self.namespaces.contains {
            switch $0.state {
            case .wanted, .connecting, .connected, .postponed: true
            case .ending, .refused, .left, .disconnected: false
            }
        }
    }

    /// Whether the server has not answered for any of the namespaces since they were wanted.
    package var isSilent: Bool {
        self.namespaces.allSatisfy { ($0.isAsked || $0.state == .wanted) && $0.connection == 0 }
    }

    /// The indices of the namespaces that are connected, in the order of connecting.
    package var connectedIndices: [Int] { self.sorted { $0 == .connected } }

    /// The names of those whose answer is missing.
    package var silent: [String] {
        self.indices { $0 == .connecting(.attempt) }.map { self.namespaces[$0].name }
    }

    /// Those that the server has refused.
    package var refused: [Namespace] {
        self.indices { $0 == .refused || $0 == .postponed }.map { self.namespaces[$0] }
    }

    /// The names of those that are asked for again by the next attempt.
    package var postponed: [String] { self.indices { $0 == .postponed }.map { self.namespaces[$0].name } }

    /// The refused namespaces are not asked for again.
    package mutating func dropPostponed() {
        for index in self.indices({ $0 == .postponed }) { self.namespaces[index].state = .refused }
    }

    private func indices(_ condition: (State) -> Bool) -> [Int] {
        self.namespaces.indices.filter { condition(self.namespaces[$0].state) }
    }

    // MARK: Packets of the server

    package enum PacketAction: Equatable {
        /// An event for the program. The number is that of the namespace's connection.
        case deliver(connection: UInt64)
        /// An event that waits for CONNECT: see ``hold(_:_:_:limit:)``.
        case hold(Int)
        /// An ack for the program.
        case ack(connection: UInt64)
        /// Read the answer, then ``connected(_:_:)``.
        case connect(Int)
        /// The server has refused the namespace. `isAgain`: not for the first time.
        case refuse(Int, isAgain: Bool)
        /// The server has left the namespace. `wasConnected` is false if it had not answered CONNECT.
        case disconnect(Int, wasConnected: Bool)
        /// To be logged: the packet is not for a namespace in its state.
        case ignore
    }

    @inline(__always)
    package mutating func received(_ packet: ReceivedSocketIOPacket) throws(SocketIOPacketError) -> PacketAction {
        guard let index = self.index(of: packet.namespace) else { return .ignore }
        let state = self.namespaces[index].state
        switch (packet.type, state) {
        case (.event, .connected), (.binaryEvent, .connected):
            guard !packet.payload.isEmpty else { throw .noPayload(packet.type) }
            if packet.id.isEmpty { self.noteOffset(index, packet.payload) }
            return .deliver(connection: self.namespaces[index].connection)
        case (.ack, .connected), (.binaryAck, .connected):
            guard !packet.payload.isEmpty else { throw .noPayload(packet.type) }
            return .ack(connection: self.namespaces[index].connection)
        case (.event, .connecting), (.binaryEvent, .connecting), (.event, .wanted), (.binaryEvent, .wanted):
            guard !packet.payload.isEmpty else { throw .noPayload(packet.type) }
            return .hold(index)
        // A server may accept a namespace before it is asked for it.
        case (.connect, .connecting), (.connect, .wanted):
            return .connect(index)
        case (.connectError, .connecting(let asking)):
            guard ServerWords.isReadable(packet.payload, self.serializer) else {
                throw SocketIOPacketError("a refusal that is not valid JSON")
            }
            self.namespaces[index].state = asking == .program ? .refused : .postponed
            self.namespaces[index].held = HeldEvents()
            self.namespaces[index].refusal = ServerWords.of(packet.payload, self.serializer)
            self.namespaces[index].reason =
                packet.payload.count <= Self.longestReason ? Array(packet.payload) : []
            return .refuse(index, isAgain: asking == .again)
        case (.disconnect, .connecting), (.disconnect, .connected):
            self.over(index, .disconnected)
            return .disconnect(index, wasConnected: state == .connected)
        default:
            return .ignore
        }
    }

    /// Reads an event without an ack id, as ``received(_:)`` does.
    ///
    /// - Returns: the number of the connection that it came by; nil if the namespace is not connected.
    package mutating func receivedEvent(_ name: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer) -> UInt64? {
        guard let index = self.index(of: name), self.namespaces[index].state == .connected else { return nil }
        self.noteOffset(index, payload)
        return self.namespaces[index].connection
    }

    @inline(__always)
    private mutating func noteOffset(_ index: Int, _ payload: UnsafeRawBufferPointer) {
        guard self.recovers else { return }
        self.namespaces[index].recovery.received(payload: payload, self.serializer)
    }

    /// Keeps an event until CONNECT.
    ///
    /// - Parameter limit: the most bytes of all events of the namespace.
    package mutating func hold(
        _ index: Int, _ packet: ReceivedSocketIOPacket, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
        limit: Int
    ) throws(SocketIOPacketError) {
        guard self.namespaces[index].held.add(packet, attachments, limit: limit) else {
            throw SocketIOPacketError("more events before its CONNECT than \(limit) bytes (max_message_size)")
        }
    }

    /// The server has accepted the namespace.
    ///
    /// - Returns: the events to deliver first, and whether the server has recovered the session.
    package mutating func connected(_ index: Int, _ answer: ConnectAnswer) -> (
        held: [HeldEvents.Event], isRecovered: Bool
    ) {
        self.connections += 1
        self.namespaces[index].state = .connected
        self.namespaces[index].isReported = false
        self.namespaces[index].connection = self.connections
        self.namespaces[index].lastAckID = 0
        let held = self.namespaces[index].held
        self.namespaces[index].held = HeldEvents()
        guard self.recovers else { return (held.events, false) }
        let isRecovered = answer.pid != nil && answer.pid == self.namespaces[index].recovery.pid
        if !isRecovered {
            self.namespaces[index].recovery = RecoveryPoint()
            self.namespaces[index].recovery.pid = answer.pid
        }
        for event in held.events {
            event.withParts { id, payload, _ in
                guard id.isEmpty else { return }
                self.namespaces[index].recovery.received(payload: payload, self.serializer)
            }
        }
        return (held.events, isRecovered)
    }

    /// The program is notified of the connection.
    package mutating func reported(_ index: Int) { self.namespaces[index].isReported = true }

    // MARK: Sending

    /// The number of the connection of a namespace; nil if it is not connected. Mutating as ``route(to:wantsAck:)``.
    package mutating func connection(of name: UnsafeRawBufferPointer) -> UInt64? {
        guard let index = self.index(of: name), self.namespaces[index].state == .connected else { return nil }
        return self.namespaces[index].connection
    }

    /// The number of the namespace's connection: what belongs to one must not reach the next.
    package func connection(_ index: Int) -> UInt64 { self.namespaces[index].connection }

    /// Whether the namespace still has the connection with this number.
    package func isConnected(_ index: Int, _ connection: UInt64) -> Bool {
        index < self.namespaces.count && self.namespaces[index].state == .connected
            && self.namespaces[index].connection == connection
    }

    /// The index of a namespace that is connected, and the id of a packet to it: 0 if that wants no ack.
    ///
    /// Mutating also without an ack, because a caller of another module would else retain all namespaces for the call.
    package mutating func route(to name: UnsafeRawBufferPointer, wantsAck: Bool) -> (index: Int, ackID: UInt64)? {
        guard let index = self.index(of: name), self.namespaces[index].state == .connected else { return nil }
        guard wantsAck else { return (index, 0) }
        self.namespaces[index].lastAckID += 1
        return (index, self.namespaces[index].lastAckID)
    }

    /// The packet with the latest id was not sent.
    package mutating func giveBackAckID(_ index: Int) { self.namespaces[index].lastAckID -= 1 }

    // MARK: The end

    /// This side leaves a namespace.
    ///
    /// - Returns: whether it was connected; nil if it was not wanted.
    package mutating func leave(_ index: Int) -> Bool? {
        switch self.namespaces[index].state {
        case .connected:
            self.over(index, .left)
            return true
        case .wanted, .connecting, .refused, .postponed:
            self.over(index, .left)
            return false
        case .ending, .left, .disconnected:
            return nil
        }
    }

    /// The session is being closed: nothing is delivered any more.
    package mutating func sessionEnds() {
        for index in self.namespaces.indices {
            switch self.namespaces[index].state {
            case .connected: self.namespaces[index].state = .ending
            case .connecting: self.namespaces[index].state = .wanted
            case .wanted, .refused, .postponed, .ending, .left, .disconnected: break
            }
            self.namespaces[index].held = HeldEvents()
        }
    }

    /// The session is over. Namespaces that neither side has left are wanted by the next session.
    ///
    /// - Returns: the indices of the namespaces whose connection the program knows, in the order of connecting.
    package mutating func sessionEnded() -> [Int] {
        self.sessionEnds()
        let ended = self.sorted { $0 == .ending }
        for index in ended { self.namespaces[index].state = .wanted }
        return ended.filter { self.namespaces[$0].isReported }
    }

    private func sorted(_ condition: (State) -> Bool) -> [Int] {
        self.indices(condition).sorted { self.namespaces[$0].connection < self.namespaces[$1].connection }
    }

    private mutating func over(_ index: Int, _ state: State) {
        self.namespaces[index].state = state
        self.namespaces[index].held = HeldEvents()
        // After DISCONNECT a server recovers nothing.
        self.namespaces[index].recovery = RecoveryPoint()
    }
}
