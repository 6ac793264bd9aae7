import EngineIO

/// The traffic of one transport. Messages are counted without pings and the other packets of the protocol.
package struct Traffic {
    /// Messages that `send` accepted.
    package var accepted = 0
    /// Messages that the system has taken, or the server for polling.
    package var written = 0
    package var received = 0
    /// Bytes of all frames or bodies.
    package var bytesWritten = 0
    package var bytesReceived = 0

    package init() {}
}

/// The traffic of many sessions on one loop, by transport. Each message is counted here, so it is plain memory.
package final class TrafficCounts {
    private let transports: UnsafeMutablePointer<Traffic>

    package init() {
        let count = Transport.allCases.count
        self.transports = .allocate(capacity: count)
        self.transports.initialize(repeating: Traffic(), count: count)
    }

    deinit { self.transports.deallocate() }

    /// The counters of `transport`; valid as long as this object.
    package subscript(transport: Transport) -> UnsafeMutablePointer<Traffic> {
        self.transports + (Transport.allCases.firstIndex(of: transport) ?? 0)
    }
}
