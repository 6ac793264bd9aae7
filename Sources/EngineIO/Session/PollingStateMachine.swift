/// When to poll and when to post: at most one GET and one POST at a time (protocol, "HTTP long-polling"), neither while
/// the session is held for an upgrade, and a GET of a live session is never cancelled.
public struct PollingStateMachine: Sendable {
    private enum Flow: Sendable {
        /// Nothing is sent: the upgrade is being tried first, or has taken over.
        case held
        case running
        /// Requests in flight end, and nothing new is sent.
        case pausing
        /// The queued packets are posted, then polling is over.
        case closing
    }

    /// The GET of the session.
    private enum Poll: Sendable {
        case none
        /// Sent and not answered, or to be sent after its delay.
        case inFlight
        /// Its answer has packets that are not read: until they are, nothing more is requested.
        case answered
    }

    public enum Action: Equatable, Sendable {
        case none
        /// Send one POST with packets of the queue.
        case post
        /// Send the GET after so many milliseconds.
        case poll(after: Int64)
        /// Both at once, the POST first.
        case postAndPoll(after: Int64)
        /// Nothing is in flight any more, as `pause` required.
        case paused
        /// All is posted and answered, as `close` required.
        case finished
    }

    private var flow = Flow.held
    private var poll = Poll.none
    private var isPosting = false
    private var isReadingPaused = false
    private var emptyPolls: Int64 = 0

    public init() {}

    /// Whether neither a GET nor a POST is in flight.
    public var isIdle: Bool {
        if case .inFlight = self.poll { return false }
        return !self.isPosting
    }

    public mutating func run() { if self.flow != .closing { self.flow = .running } }
    public mutating func pause() { if self.flow != .closing { self.flow = .pausing } }
    public mutating func close() { self.flow = .closing }
    /// The session is lost: nothing is sent any more.
    public mutating func stop() { self.flow = .held }
    public mutating func pauseReading() { self.isReadingPaused = true }
    public mutating func resumeReading() { self.isReadingPaused = false }

    /// A poll was answered, or the handshake: ``answerRead(isEmpty:)`` follows when all of its packets are read, which
    /// may take a while.
    public mutating func answered() { self.poll = .answered }

    /// - Parameter isEmpty: whether the answer had no packet at all, or nothing but noops.
    public mutating func answerRead(isEmpty: Bool) {
        if case .answered = self.poll { self.poll = .none }
        self.emptyPolls = isEmpty ? min(self.emptyPolls + 1, 7) : 0
    }

    /// A poll is over, and nothing of its answer is left to be read.
    public mutating func pollEnded(isEmpty: Bool) {
        self.poll = .none
        self.answerRead(isEmpty: isEmpty)
    }

    /// The delay of a poll is over. Returns whether it is still wanted.
    public mutating func pollDelayEnded() -> Bool {
        if self.flow == .running && !self.isReadingPaused { return true }
        self.poll = .none
        return false
    }

    public mutating func postEnded() { self.isPosting = false }

    /// The next action, to be requested after each event.
    ///
    /// - Parameter hasPackets: whether anything is queued.
    public mutating func next(hasPackets: Bool) -> Action {
        switch self.flow {
        case .held:
            return .none
        case .running:
            switch (self.startPost(hasPackets), self.startPoll()) {
            case (false, nil): return .none
            case (true, nil): return .post
            case (false, let delay?): return .poll(after: delay)
            case (true, let delay?): return .postAndPoll(after: delay)
            }
        case .pausing:
            guard self.isIdle else { return .none }
            self.flow = .held
            return .paused
        case .closing:
            if self.startPost(hasPackets) { return .post }
            return self.isIdle && !hasPackets ? .finished : .none
        }
    }

    private mutating func startPost(_ hasPackets: Bool) -> Bool {
        guard hasPackets, !self.isPosting else { return false }
        self.isPosting = true
        return true
    }

    /// Returns the delay of a poll in milliseconds; nil if none may start.
    private mutating func startPoll() -> Int64? {
        guard case .none = self.poll, !self.isReadingPaused else { return nil }
        self.poll = .inFlight
        // A server that answers at once with nothing must not be asked in a hot loop.
        return self.emptyPolls < 2 ? 0 : 50 << (self.emptyPolls - 2)
    }
}
