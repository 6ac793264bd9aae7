import EngineIO

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
