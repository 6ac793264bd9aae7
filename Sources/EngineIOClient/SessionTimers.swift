import NIOCore

/// The timers that limit the stages of a session.
struct SessionTimers {
    /// Limits connecting as a whole.
    var connect: NetworkTimer?
    /// Limits the wait for the open packet, or for the server's answer to the close packet.
    var stage: NetworkTimer?
    /// Limits closing as a whole.
    var close: NetworkTimer?
    /// Checks the heartbeat.
    var heartbeat: NIOScheduledCallback?

    mutating func endStage() {
        self.stage?.cancel()
        self.stage = nil
    }

    mutating func cancelAll() {
        self.connect?.cancel()
        self.close?.cancel()
        self.heartbeat?.cancel()
        self.endStage()
        self = SessionTimers()
    }
}
