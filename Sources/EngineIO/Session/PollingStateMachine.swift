/// When to poll and when to post: at most one GET and one POST at a time (protocol, "HTTP long-polling"), neither while
/// the session is held for an upgrade, and a GET of a live session is never cancelled.
public struct PollingStateMachine: Sendable {
    private enum Flow: Sendable {
        /// Nothing is sent: the upgrade is being tried first, or has taken over.
        case held
        case running
        /// What is in flight ends, nothing new is sent.
        case pausing
        /// What is queued is posted, then it is over.
        case closing
    }

    /// What to do now. Several may hold at once.
    public struct Orders: Equatable, Sendable {
        public var poll = false
        /// Milliseconds to wait before the poll.
        public var pollDelay: Int64 = 0
        public var post = false
        /// Nothing is in flight any more, as `pause` asked for.
        public var paused = false
        /// All is posted and answered, as `close` asked for.
        public var finished = false

        public init() {}
    }

    private var flow = Flow.held
    private var isPolling = false
    private var isPosting = false
    /// An answer has packets that are not read: until they are, nothing more is asked for.
    private var isReading = false
    private var readingPaused = false
    private var emptyPolls: Int64 = 0

    public init() {}

    public var isIdle: Bool { !self.isPolling && !self.isPosting }

    public mutating func run() { if self.flow != .closing { self.flow = .running } }
    public mutating func pause() { if self.flow != .closing { self.flow = .pausing } }
    public mutating func close() { self.flow = .closing }
    /// The session is lost: nothing is sent any more.
    public mutating func stop() { self.flow = .held }
    public mutating func pauseReading() { self.readingPaused = true }
    public mutating func resumeReading() { self.readingPaused = false }

    /// A poll was answered, or the handshake: ``answerRead(isEmpty:)`` follows when all of its packets are read, which may take
    /// a while.
    public mutating func answered() {
        self.isPolling = false
        self.isReading = true
    }

    /// - Parameter isEmpty: whether the answer had no packet at all, or nothing but noops.
    public mutating func answerRead(isEmpty: Bool) {
        self.isReading = false
        self.emptyPolls = isEmpty ? min(self.emptyPolls + 1, 7) : 0
    }

    /// A poll is over, and nothing of its answer is left to be read.
    public mutating func pollEnded(isEmpty: Bool) {
        self.isPolling = false
        self.answerRead(isEmpty: isEmpty)
    }

    /// The delay of a poll is over. Returns whether it is still wanted.
    public mutating func pollDelayEnded() -> Bool {
        if self.flow == .running && !self.readingPaused { return true }
        self.isPolling = false
        return false
    }

    public mutating func postEnded() { self.isPosting = false }

    /// - Parameter hasPackets: whether anything is queued.
    public mutating func orders(hasPackets: Bool) -> Orders {
        var orders = Orders()
        switch self.flow {
        case .held:
            break
        case .running:
            if !self.isPolling && !self.isReading && !self.readingPaused {
                self.isPolling = true
                orders.poll = true
                // A server that answers at once with nothing must not be asked in a hot loop.
                orders.pollDelay = self.emptyPolls < 2 ? 0 : 50 << (self.emptyPolls - 2)
            }
            orders.post = self.startPost(hasPackets)
        case .pausing:
            if self.isIdle {
                self.flow = .held
                orders.paused = true
            }
        case .closing:
            orders.post = self.startPost(hasPackets)
            orders.finished = self.isIdle && !hasPackets
        }
        return orders
    }

    private mutating func startPost(_ hasPackets: Bool) -> Bool {
        guard hasPackets, !self.isPosting else { return false }
        self.isPosting = true
        return true
    }
}
