import NIOCore

/// Watches the server's pings: a session without one for `pingInterval + pingTimeout` is dead (protocol, "Heartbeat").
///
/// Only pings count. A server that still sends messages but no pings is broken, and messages that arrive late because
/// the script does not read them must not end the session: while reading is paused the clock stands still. Where the
/// loop was held up, the ping may lie in the socket: ``SecondLook``.
public struct Heartbeat: Sendable {
    private let tolerance: TimeAmount
    /// When the server pinged last, or when the session opened; later by the time that reading was paused.
    public private(set) var lastPing: NIODeadline
    private var pausedAt: NIODeadline?
    private var nextLook: NIODeadline?
    private var secondLook = SecondLook()

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
        self.nextLook = nil
        self.secondLook = SecondLook()
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
        if now < deadline {
            self.nextLook = nil
            return .alive(until: deadline)
        }
        self.nextLook = self.secondLook.next(now: now, due: self.nextLook ?? deadline)
        return self.nextLook.map { .alive(until: $0) } ?? .dead
    }

    /// Seconds since the last ping, or since the session opened.
    public func secondsSinceLastPing(now: NIODeadline) -> Double {
        Double((now - self.lastPing).nanoseconds) / 1e9
    }
}
