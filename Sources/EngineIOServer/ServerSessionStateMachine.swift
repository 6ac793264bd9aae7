import EngineIO

/// The server's side of one session: which transport carries it, which requests it has open, how its upgrade stands.
///
/// Inputs are named after events; what they return is to be done by the owner after the call.
struct ServerSessionStateMachine {
    private enum Upgrade {
        case none
        /// A websocket is there that has not sent its probe.
        case connected
        /// The probe was answered: polls are answered at once until the client has left polling.
        case probed
    }

    private(set) var transport: Transport
    private(set) var isClosed = false
    private var upgrade = Upgrade.none
    private var isPollWaiting = false
    private var isPosting = false

    init(transport: Transport) {
        self.transport = transport
    }

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

    /// Whether the body of a post counts: not after the end of the session or of its polling.
    var takesPosts: Bool { !self.isClosed && self.transport == .polling }

    mutating func postAnswered() {
        self.isPosting = false
    }

    enum FlushAction: Equatable {
        case hold
        case answerPoll
        case writeFrames
    }

    mutating func packetsQueued() -> FlushAction {
        if self.isClosed { return .hold }
        if self.transport == .websocket { return .writeFrames }
        guard self.isPollWaiting else { return .hold }
        self.isPollWaiting = false
        return .answerPoll
    }

    // MARK: Upgrade

    /// - Returns: whether the websocket may probe: one at a time, and none once the session has one.
    mutating func webSocketArrived() -> Bool {
        guard !self.isClosed, self.transport == .polling, self.upgrade == .none else { return false }
        self.upgrade = .connected
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
            self.upgrade = .probed
            self.isPollWaiting = false
            return .answerProbe(noopToPoll: waiting)
        case (.upgrade, .probed):
            self.transport = .websocket
            self.upgrade = .none
            return .complete
        default:
            self.upgrade = .none
            return .abandon
        }
    }

    mutating func probeClosed() {
        self.upgrade = .none
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

    enum CloseCause: Equatable {
        /// The client said goodbye: its waiting poll has nothing more to tell it.
        case client
        case server
    }

    struct CloseOrders: Equatable {
        /// The packet that answers the poll that waits, if one does.
        var pollAnswer: PacketType?
    }

    /// - Returns: nil when the session was closed before.
    mutating func close(_ cause: CloseCause) -> CloseOrders? {
        if self.isClosed { return nil }
        self.isClosed = true
        let waiting = self.isPollWaiting
        self.isPollWaiting = false
        return CloseOrders(pollAnswer: waiting ? (cause == .client ? .noop : .close) : nil)
    }
}
