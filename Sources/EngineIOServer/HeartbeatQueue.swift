import NIOCore

/// The deadlines of all sessions' heartbeats, earliest first.
///
/// Each kind has one length for all sessions, so that entries come in the order in which they fall due: two plain
/// queues and one timer serve any number of sessions. An entry is not taken out when it is superseded; the session
/// knows its present deadline and passes over others.
struct HeartbeatQueue {
    enum Kind: Equatable {
        /// A ping has to be sent.
        case ping
        /// The pong has not come.
        case timeout
    }

    struct Entry: Equatable {
        var kind: Kind
        /// The number of the session.
        var session: Int
        var deadline: NIODeadline
    }

    private let interval: TimeAmount
    private let timeout: TimeAmount
    private var pings = CircularBuffer<(session: Int, deadline: NIODeadline)>()
    private var timeouts = CircularBuffer<(session: Int, deadline: NIODeadline)>()

    init(interval: TimeAmount, timeout: TimeAmount) {
        self.interval = interval
        self.timeout = timeout
    }

    /// When the earliest entry falls due.
    var next: NIODeadline? {
        switch (self.pings.first?.deadline, self.timeouts.first?.deadline) {
        case (let ping?, let timeout?): min(ping, timeout)
        case (let ping, let timeout): ping ?? timeout
        }
    }

    /// - Returns: when this entry falls due: what the session has to remember.
    mutating func schedule(_ kind: Kind, session: Int, now: NIODeadline) -> NIODeadline {
        switch kind {
        case .ping:
            self.pings.append((session, now + self.interval))
            return now + self.interval
        case .timeout:
            self.timeouts.append((session, now + self.timeout))
            return now + self.timeout
        }
    }

    /// Takes out one entry that is due.
    mutating func popDue(now: NIODeadline) -> Entry? {
        if let first = self.timeouts.first, first.deadline <= now {
            self.timeouts.removeFirst()
            return Entry(kind: .timeout, session: first.session, deadline: first.deadline)
        }
        if let first = self.pings.first, first.deadline <= now {
            self.pings.removeFirst()
            return Entry(kind: .ping, session: first.session, deadline: first.deadline)
        }
        return nil
    }
}
