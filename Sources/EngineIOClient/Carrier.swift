import EngineIO

/// The name of a transport, and the counters of its traffic.
struct Carrier {
    let name: Transport
    /// As long as the session's ``SessionObserver``.
    let traffic: UnsafeMutablePointer<Traffic>

    init(_ name: Transport, _ observer: SessionObserver) {
        self.name = name
        self.traffic = observer.traffic[name]
    }
}
