import EngineIO

/// The server's side of one session: how its packets travel, the requests that it has open, and its upgrade.
///
/// Inputs are named after events; the owner runs the action that they return after the call.
struct ServerSessionStateMachine {
    private enum State {
        /// Packets travel in the bodies of posts and polls.
        case requests(Upgrade)
        /// Packets travel in the frames of a websocket.
        case frames
        case closed
    }

    private enum Upgrade {
        case none
        /// A websocket is there that has not sent its probe.
        case connected
        /// The probe was answered: polls are answered at once until the client has left polling.
        case probed
    }

    private var state: State
    private var isPollWaiting = false
    private var isPosting = false

    private init(_ state: State) {
        self.state = state
    }

    static var overRequests: Self { Self(.requests(.none)) }
    static var overWebSocket: Self { Self(.frames) }

    var isClosed: Bool {
        if case .closed = self.state { return true }
        return false
    }

    private var upgrade: Upgrade {
        if case .requests(let upgrade) = self.state { return upgrade }
        return .none
    }

    /// The transports that the session can move to.
    var possibleUpgrades: [Transport] {
        switch self.state {
        case .requests: [.websocket]
        case .frames, .closed: []
        }
    }

    /// A request for a websocket is always taken: a session that cannot upgrade closes the websocket.
    var acceptedRequests: EngineIORequest.Accepted {
        switch self.state {
        case .requests: Self.acceptedOverRequests
        case .frames: Self.acceptedOverWebSocket
        case .closed: [:]
        }
    }

    private static let acceptedOverWebSocket: EngineIORequest.Accepted = [
        .websocket: ["GET": { .upgrade(sid: $0) }]
    ]
    private static let acceptedOverRequests: EngineIORequest.Accepted = [
        .polling: ["GET": { .poll(sid: $0) }, "POST": { .post(sid: $0) }],
        .websocket: ["GET": { .upgrade(sid: $0) }],
    ]

    // MARK: Polling

    enum PollAction: Equatable {
        case answer
        case answerNoop
        case wait
        /// The client has two polls open, which breaks the order of packets: the session ends.
        case refuseAndClose
    }

    mutating func pollArrived(hasPackets: Bool) -> PollAction {
        if self.isPollWaiting { return .refuseAndClose }
        if hasPackets { return .answer }
        if self.upgrade == .probed { return .answerNoop }
        self.isPollWaiting = true
        return .wait
    }

    /// A flood must not keep a client on polling that has to end its last poll before it may upgrade.
    var mayFloodPolls: Bool { self.upgrade == .none }

    enum PostAction: Equatable {
        case accept
        case refuseAndClose
    }

    mutating func postArrived() -> PostAction {
        if self.isPosting { return .refuseAndClose }
        self.isPosting = true
        return .accept
    }

    /// Whether the body of a post is read: not after the end of the session, or after its upgrade.
    var readsPosts: Bool {
        if case .requests = self.state { return true }
        return false
    }

    mutating func postAnswered() {
        self.isPosting = false
    }

    enum FlushAction: Equatable {
        case hold
        case answerPoll
        case writeFrames
    }

    mutating func packetsQueued() -> FlushAction {
        switch self.state {
        case .closed: return .hold
        case .frames: return .writeFrames
        case .requests:
            guard self.isPollWaiting else { return .hold }
            self.isPollWaiting = false
            return .answerPoll
        }
    }

    // MARK: Upgrade

    /// - Returns: whether the websocket may probe: one at a time, and none once the session has one.
    mutating func webSocketArrived() -> Bool {
        guard case .requests(.none) = self.state else { return false }
        self.state = .requests(.connected)
        return true
    }

    enum ProbeAction: Equatable {
        /// Send `3probe`, and answer a poll that waits by a noop so that the client can leave polling.
        case answerProbe(noopToPoll: Bool)
        /// The websocket carries the session from here on. No poll waits: since the probe, each was answered at once.
        case complete
        /// Not the order of an upgrade: the websocket is closed, the session stays on polling.
        case abandon
    }

    mutating func probeReceived(_ type: PacketType?, isProbe: Bool) -> ProbeAction {
        switch (type, self.upgrade) {
        case (.ping, .connected) where isProbe, (.ping, .probed) where isProbe:
            let waiting = self.isPollWaiting
            self.state = .requests(.probed)
            self.isPollWaiting = false
            return .answerProbe(noopToPoll: waiting)
        case (.upgrade, .probed):
            self.state = .frames
            return .complete
        default:
            self.probeClosed()
            return .abandon
        }
    }

    mutating func probeClosed() {
        if case .requests = self.state { self.state = .requests(.none) }
    }

    // MARK: Packets and the end

    enum PacketAction: Equatable {
        case deliver
        case pong
        case clientClosed
        /// A client must not send this packet in Engine.IO 4.
        case violation
        case ignore
    }

    func packetReceived(_ type: PacketType) -> PacketAction {
        if self.isClosed { return .ignore }
        switch type {
        case .message: return .deliver
        case .pong: return .pong
        case .close: return .clientClosed
        case .ping: return .violation
        case .open, .upgrade, .noop: return .ignore
        }
    }

    enum CloseAction: Equatable {
        /// The session was closed before.
        case none
        case end
        /// End, and answer the poll that waits by this packet.
        case endAndAnswerPoll(PacketType)
    }

    mutating func close(_ end: SessionEnd) -> CloseAction {
        if self.isClosed { return .none }
        self.state = .closed
        guard self.isPollWaiting else { return .end }
        self.isPollWaiting = false
        switch end {
        case .client: return .endAndAnswerPoll(.noop)
        case .server, .timeout: return .endAndAnswerPoll(.close)
        }
    }
}
