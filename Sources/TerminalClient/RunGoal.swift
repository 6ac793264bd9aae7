/// Decides when a run has what it was started for. A value without a clock: times are nanoseconds of any one clock.
package struct RunGoal {
    package enum Verdict: Equatable, Sendable {
        /// Not later than then it has to be asked again; nil if only an event changes the verdict.
        case goOn(until: Int64?)
        case over(End)
    }

    package enum End: Equatable, Sendable {
        case reached
        /// Messages or acks that were asked for did not come in time.
        case noAnswer
    }

    /// The time without a message after which a run without another goal ends, once the input is over. Also the time
    /// without input after which the input counts as over, once all messages have come that were asked for.
    package static let silence: Int64 = 1_000_000_000

    /// The number of messages to receive.
    package let count: Int?
    /// The time to stay after connecting, and after the last line of the input.
    package let duration: Int64?
    package private(set) var received = 0
    package private(set) var openAcks = 0
    private var isOpened = false
    private var hasAskedForAck = false
    private var hasMissedAck = false
    private var isInputOver = false
    /// When the session was opened, or the input had something, last.
    private var lastInput: Int64 = 0
    private var lastMessage: Int64 = 0

    package init(count: Int? = nil, duration: Int64? = nil) {
        (self.count, self.duration) = (count, duration)
    }

    /// Whether further messages are not wanted.
    package var hasAllMessages: Bool { self.count.map { self.received >= $0 } ?? false }

    package mutating func opened(at time: Int64) {
        self.isOpened = true
        self.lastInput = time
    }

    package mutating func sent(wantsAck: Bool, at time: Int64) {
        self.lastInput = time
        guard wantsAck else { return }
        self.hasAskedForAck = true
        self.openAcks += 1
    }

    /// The input is at its end, and everything is written.
    package mutating func inputEnded(at time: Int64) {
        self.isInputOver = true
        self.lastInput = time
    }

    package mutating func receivedMessage(at time: Int64) {
        self.received += 1
        self.lastMessage = time
    }

    /// - Parameter isMissed: the ack did not come in time, or cannot come any more.
    package mutating func ackEnded(isMissed: Bool, at time: Int64) {
        self.openAcks -= 1
        self.lastMessage = time
        if isMissed { self.hasMissedAck = true }
    }

    /// The session is over for good.
    package var endOfSession: End {
        let hasMessages = self.count == nil || self.hasAllMessages
        return hasMessages && self.openAcks == 0 && !self.hasMissedAck ? .reached : .noAnswer
    }

    package func verdict(at time: Int64) -> Verdict {
        guard self.isOpened else { return .goOn(until: nil) }
        var deadlines: [(time: Int64, end: End)] = []
        if let duration { deadlines.append((self.lastInput + duration, self.endOfSession)) }
        if self.isInputOver {
            if self.openAcks == 0, self.count.map({ self.received >= $0 }) ?? self.hasAskedForAck {
                return .over(self.endOfSession)
            }
            if self.count == nil, !self.hasAskedForAck, self.duration == nil {
                deadlines.append((max(self.lastInput, self.lastMessage) + Self.silence, .reached))
            }
        } else if self.hasAllMessages, !self.hasAskedForAck {
            // The input may be a pipe that stays open.
            deadlines.append((self.lastInput + Self.silence, .reached))
        }
        guard let first = deadlines.min(by: { $0.time < $1.time }) else { return .goOn(until: nil) }
        return time < first.time ? .goOn(until: first.time) : .over(first.end)
    }
}
