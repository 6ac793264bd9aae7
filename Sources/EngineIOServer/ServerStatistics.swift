#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What a server has counted since it started.
public struct ServerStatistics: Sendable, Equatable {
    /// Sessions that are open now.
    public var open = 0
    public var closed = 0
    public var handshakes = 0
    public var upgrades = 0
    /// Messages received and the bytes of their data.
    public var messages = 0
    public var bytes = 0
    /// Messages handed to a transport or queued for the next poll.
    public var sent = 0
    public var pings = 0
    public var pongs = 0
    /// Sessions ended because a ping was not answered.
    public var timeouts = 0
    /// Requests refused, and sessions ended for a breach of the protocol.
    public var bad = 0

    mutating func echoed(_ bytes: Int) {
        self.messages += 1
        self.bytes += bytes
        self.sent += 1
    }

    /// The counters and the CPU seconds of this process as one JSON object.
    var json: String {
        """
        {"open":\(self.open),"closed":\(self.closed),"handshakes":\(self.handshakes),"upgrades":\(self.upgrades),\
        "msgs":\(self.messages),"bytes":\(self.bytes),"sent":\(self.sent),"pings":\(self.pings),\
        "pongs":\(self.pongs),"timeouts":\(self.timeouts),"bad":\(self.bad),"cpu_s":\(Self.cpuSeconds())}
        """
    }

    /// The CPU time of this process, user and system, in seconds.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec / 1000) / 1_000_000
    }
}
