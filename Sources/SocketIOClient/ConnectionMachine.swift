import EngineIO
import EngineIOClient
import SocketIO

/// The connection of a Socket.IO client through all of its sessions: when to connect, when to try again, when to stop.
struct ConnectionMachine {
    /// How far an attempt has come.
    enum Stage: Equatable {
        /// The program is asked for the address.
        case options
        /// Engine.IO connects.
        case engine
        /// The program is asked for the payload of CONNECT.
        case authentication
        /// The namespaces connect.
        case namespaces
    }

    struct Attempt: Equatable {
        /// Counts the calls of `connect`: an attempt of one must not be taken for that of another.
        var connect: Int
        var number: Int
        /// The program has not been connected yet since it called `connect`.
        var isInitial: Bool
        var stage = Stage.options
        /// Engine.IO's upgrade is over.
        var isSettled = false
        /// The server has accepted, refused or left a namespace: it speaks Socket.IO.
        var isAnswered = false
    }

    /// Everything that ends an Engine.IO session which this side closes.
    enum Closing: Equatable {
        /// An attempt that has failed.
        case attempt(Attempt, SocketIOConnectError, mayRetry: Bool)
        /// The program disconnects, perhaps in an attempt.
        case program(Attempt?)
        /// Neither side is in a namespace any more.
        case unused(DisconnectReason, DisconnectDetail)
    }

    enum State: Equatable {
        case idle
        case attempting(Attempt)
        case open
        /// The pause before this attempt.
        case waiting(Attempt)
        /// Rare, and large: not kept by each machine.
        indirect case closing(Closing)
    }

    private(set) var state = State.idle
    /// Whether the first attempt is repeated, too. In this place it takes no room of its own.
    private var retries = false
    private var policy: ReconnectionPolicy
    private var connects = 0

    init(_ policy: ReconnectionPolicy) {
        self.policy = policy
    }

    // MARK: Questions

    /// The attempt that is under way.
    var attempt: Attempt? { if case .attempting(let attempt) = self.state { attempt } else { nil } }

    var isWaiting: Bool { if case .waiting = self.state { true } else { false } }

    /// Whether a session was lost and is being made again.
    var isReconnecting: Bool {
        switch self.state {
        case .attempting(let attempt), .waiting(let attempt), .closing(.attempt(let attempt, _, mayRetry: true)):
            !attempt.isInitial
        case .idle, .open, .closing: false
        }
    }

    // MARK: Connecting

    /// The program connects.
    ///
    /// - Returns: false if it is connected, or is connecting already.
    mutating func connectRequested(retries: Bool) -> Bool {
        guard self.state == .idle else { return false }
        self.policy.reset()
        self.retries = retries
        self.connects += 1
        self.state = .attempting(Attempt(connect: self.connects, number: 0, isInitial: true))
        return true
    }

    /// An attempt goes from one stage to the next.
    ///
    /// - Returns: false if there is no attempt at that stage.
    mutating func advance(from stage: Stage, to next: Stage) -> Bool {
        guard case .attempting(var attempt) = self.state, attempt.stage == stage else { return false }
        attempt.stage = next
        self.state = .attempting(attempt)
        return true
    }

    /// Engine.IO's upgrade is over.
    mutating func settled() {
        guard case .attempting(var attempt) = self.state else { return }
        attempt.isSettled = true
        self.state = .attempting(attempt)
    }

    /// The server has answered a CONNECT packet.
    mutating func serverAnswered() {
        guard case .attempting(var attempt) = self.state else { return }
        attempt.isAnswered = true
        self.state = .attempting(attempt)
    }

    /// All namespaces have answered.
    ///
    /// - Returns: whether connecting is over.
    mutating func answered() -> Bool {
        guard case .attempting(let attempt) = self.state, attempt.stage == .namespaces, attempt.isSettled else {
            return false
        }
        self.state = .open
        return true
    }

    /// No namespace is refused: the next loss has all attempts again.
    mutating func succeeded() { self.policy.reset() }

    /// The pause before the refused namespaces of an open session are asked for again; nil for never.
    mutating func rejoins(random: Double) -> Double? {
        guard self.state == .open, self.policy.isEnabled else { return nil }
        return self.policy.next(random: random)
    }

    // MARK: Failures

    enum FailureAction: Equatable {
        /// Close Engine.IO; the end follows.
        case closeEngine
        case end(End)
        case none
    }

    /// The attempt cannot succeed.
    ///
    /// - Parameter mayRetry: false if another attempt would be pointless.
    mutating func attemptFailed(
        _ error: SocketIOConnectError, mayRetry: Bool = true, random: Double
    ) -> FailureAction {
        guard case .attempting(let attempt) = self.state else { return .none }
        if attempt.stage == .options { return .end(self.failed(attempt, error, mayRetry, random)) }
        self.state = .closing(.attempt(attempt, error, mayRetry: mayRetry))
        return .closeEngine
    }

    /// The program's handler of a namespace has failed before its `connect` returned. All namespaces may have answered
    /// since then, if the handler had to wait for its turn.
    mutating func connectHandlerFailed(_ error: SocketIOConnectError, random: Double) -> FailureAction {
        guard self.state == .open else { return self.attemptFailed(error, mayRetry: false, random: random) }
        let attempt = Attempt(connect: self.connects, number: 0, isInitial: true)
        self.state = .closing(.attempt(attempt, error, mayRetry: false))
        return .closeEngine
    }

    /// The report of Engine.IO at its end.
    enum EngineEnd {
        case failed(ConnectionError)
        case closed(DisconnectReason, DisconnectDetail, unwritten: Int)
    }

    enum End: Equatable {
        /// An attempt has failed. `pause`: seconds until the next.
        case attempt(Attempt, SocketIOConnectError, pause: Double?)
        /// An open session is over.
        case session(DisconnectReason, DisconnectDetail, unwritten: Int, pause: Double?)
        /// The program has stopped an attempt, or the pause before it.
        case stopped(Attempt)
        case none
    }

    /// Engine.IO is over.
    mutating func engineEnded(_ end: EngineEnd, random: Double) -> End {
        switch self.state {
        case .attempting(let attempt):
            return self.failed(attempt, SocketIOConnectError(end, attempt), true, random)
        case .open:
            self.state = .idle
            let pause = self.policy.isEnabled ? self.policy.next(random: random) : nil
            if pause != nil { self.state = .waiting(Attempt(connect: self.connects, number: 1, isInitial: false)) }
            return .session(end.reason, end.detail, unwritten: end.unwritten, pause: pause)
        case .closing(.attempt(let attempt, let error, let mayRetry)):
            return self.failed(attempt, error, mayRetry, random)
        case .closing(.program(let attempt?)):
            self.state = .idle
            return .stopped(attempt)
        case .closing(.program(nil)):
            self.state = .idle
            return .session(end.reason, end.detail, unwritten: end.unwritten, pause: nil)
        case .closing(.unused(let reason, let detail)):
            self.state = .idle
            return .session(reason, detail, unwritten: end.unwritten, pause: nil)
        case .idle, .waiting:
            return .none
        }
    }

    private mutating func failed(
        _ attempt: Attempt, _ error: SocketIOConnectError, _ mayRetry: Bool, _ random: Double
    ) -> End {
        self.state = .idle
        guard mayRetry, !attempt.isInitial || self.retries, let pause = self.policy.next(random: random) else {
            return .attempt(attempt, error, pause: nil)
        }
        self.state = .waiting(
            Attempt(connect: attempt.connect, number: attempt.number + 1, isInitial: attempt.isInitial))
        return .attempt(attempt, error, pause: pause)
    }

    /// The pause is over.
    ///
    /// - Returns: the number of the attempt that begins; nil if the program has stopped it.
    mutating func pauseEnded() -> Int? {
        guard case .waiting(let attempt) = self.state else { return nil }
        self.state = .attempting(attempt)
        return attempt.number
    }

    // MARK: Disconnecting

    enum DisconnectAction: Equatable {
        /// Leave the namespaces, and close Engine.IO.
        case close
        /// Engine.IO is being closed already.
        case closeAgain
        case end(End)
        case none
    }

    /// The program disconnects.
    mutating func disconnectRequested() -> DisconnectAction {
        switch self.state {
        case .idle:
            return .none
        case .attempting(let attempt) where attempt.stage == .options, .waiting(let attempt):
            self.state = .idle
            return .end(.stopped(attempt))
        case .attempting(let attempt):
            self.state = .closing(.program(attempt))
            return .close
        case .open:
            self.state = .closing(.program(nil))
            return .close
        case .closing(.attempt(let attempt, _, _)):
            self.state = .closing(.program(attempt))
            return .closeAgain
        case .closing:
            return .closeAgain
        }
    }

    /// Neither side is in a namespace of the open session any more.
    ///
    /// - Returns: whether Engine.IO is to be closed.
    mutating func becameUnused(_ reason: DisconnectReason, _ detail: DisconnectDetail) -> Bool {
        guard self.state == .open else { return false }
        self.state = .closing(.unused(reason, detail))
        return true
    }
}

extension ConnectionMachine.EngineEnd {
    fileprivate var reason: DisconnectReason {
        switch self {
        case .failed: .transportError
        case .closed(let reason, _, _): reason
        }
    }

    fileprivate var detail: DisconnectDetail {
        switch self {
        case .failed(let error): DisconnectDetail(.connect, message: error.description)
        case .closed(_, let detail, _): detail
        }
    }

    fileprivate var unwritten: Int {
        switch self {
        case .failed: 0
        case .closed(_, _, let unwritten): unwritten
        }
    }
}

extension SocketIOConnectError {
    fileprivate init(_ end: ConnectionMachine.EngineEnd, _ attempt: ConnectionMachine.Attempt) {
        switch end {
        case .failed(let error):
            self.init(error)
        case .closed(_, let detail, _):
            let isUnanswered = attempt.stage == .namespaces && !attempt.isAnswered
            let message = isUnanswered ? Self.unanswered : "the session ended while connecting"
            self.init(ConnectionError(.namespace, message, cause: detail.message))
        }
    }
}
