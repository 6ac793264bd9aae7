import Glibc

/// The counters of a server since its start.
package struct ServerStatistics: Sendable, Equatable {
    /// Sessions that are open now.
    package var open = 0
    package var closed = 0
    package var handshakes = 0
    package var upgrades = 0
    /// Messages received and the bytes of their data.
    package var messages = 0
    package var bytes = 0
    /// Messages handed to a transport or queued for the next poll.
    package var sent = 0
    package var pings = 0
    package var pongs = 0
    /// Sessions ended because a ping was not answered.
    package var timeouts = 0
    /// Requests refused, and sessions ended for a breach of the protocol.
    package var bad = 0

    mutating func echoed(_ bytes: Int) {
        self.messages += 1
        self.bytes += bytes
        self.sent += 1
    }

    /// The counters and the CPU seconds of this process as one JSON object.
    ///
    /// - Parameter others: more counters.
    func json(and others: [(name: String, count: Int)]) -> String {
        let others = others.map { ",\"\($0.name)\":\($0.count)" }.joined()
        return """
            {"open":\(self.open),"closed":\(self.closed),"handshakes":\(self.handshakes),"upgrades":\(self.upgrades),\
            "msgs":\(self.messages),"bytes":\(self.bytes),"sent":\(self.sent),"pings":\(self.pings),\
            "pongs":\(self.pongs),"timeouts":\(self.timeouts),"bad":\(self.bad),"cpu_s":\(Self.cpuSeconds())\(others)}
            """
    }

    /// The CPU time of this process, user and system, in seconds.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec / 1000) / 1_000_000
    }
}
