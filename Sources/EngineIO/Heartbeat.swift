import NIOCore

/// Watches the server's pings: a session without one for `pingInterval + pingTimeout` is dead (protocol, "Heartbeat").
///
/// Only pings count. A server that still sends messages but no pings is broken, and messages that arrive late because
/// the script does not read them must not end the session: while reading is paused the clock stands still. Where the loop
/// was held up, by a script that computes or a process that was suspended, the ping may lie in the socket: the session is
/// looked at again when the loop has read.
public struct Heartbeat: Sendable {
    private let tolerance: TimeAmount
    /// When the server pinged last, or when the session opened; later by the time that reading was paused.
    public private(set) var lastPing: NIODeadline
    private var pausedAt: NIODeadline?
    private var nextLook: NIODeadline?
    private var secondLooks = 0

    /// A look that is later than this was held up.
    private static let punctuality = TimeAmount.milliseconds(5)
    private static let timeToRead = TimeAmount.milliseconds(20)
    private static let mostSecondLooks = 3

    public enum Verdict: Equatable, Sendable {
        case dead
        /// Ask again at this time.
        case alive(until: NIODeadline)
    }

    public init(_ handshake: Handshake, now: NIODeadline) {
        self.tolerance = .milliseconds(Int64(handshake.pingInterval + handshake.pingTimeout))
        self.lastPing = now
    }

    public mutating func pingReceived(now: NIODeadline) {
        self.lastPing = now
        self.secondLooks = 0
        if self.pausedAt != nil { self.pausedAt = now }
    }

    public mutating func readingPaused(now: NIODeadline) {
        if self.pausedAt == nil { self.pausedAt = now }
    }

    public mutating func readingResumed(now: NIODeadline) {
        guard let pausedAt = self.pausedAt else { return }
        self.lastPing = self.lastPing + (now - pausedAt)
        self.pausedAt = nil
    }

    /// To be asked again at the time that it says.
    public mutating func check(now: NIODeadline) -> Verdict {
        if self.pausedAt != nil { return .alive(until: now + self.tolerance) }
        let deadline = self.lastPing + self.tolerance
        if now < deadline { return .alive(until: deadline) }
        let due = self.secondLooks == 0 ? deadline : self.nextLook ?? deadline
        guard now - due > Self.punctuality, self.secondLooks < Self.mostSecondLooks else { return .dead }
        self.secondLooks += 1
        let next = now + Self.timeToRead
        self.nextLook = next
        return .alive(until: next)
    }

    /// Seconds since the last ping, or since the session opened.
    public func secondsSinceLastPing(now: NIODeadline) -> Double {
        Double((now - self.lastPing).nanoseconds) / 1e9
    }
}
