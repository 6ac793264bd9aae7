import EngineIO
import NIOCore

/// How much may wait in one websocket while the system takes nothing.
struct WriteBacklog {
    /// How much may be unwritten before reading pauses, in bytes.
    var mostUnwritten = Int.max
    /// How many received bytes may be held back before the socket is not read any more.
    var mostHeld = Self.mostHeld
    /// While too much is unwritten.
    var stall: WriteStall?
    var timer: Scheduled<Void>?

    /// How much may be held back while the turn goes to others, in bytes.
    static let mostHeld = 64 << 10

    mutating func end() {
        self.stall = nil
        self.mostHeld = Self.mostHeld
        self.timer?.cancel()
        self.timer = nil
    }
}
