import NIOCore

/// Calls that wait until everything that was sent is written.
struct DrainWaiters {
    private var bodies: [() -> Void] = []

    var isEmpty: Bool { self.bodies.isEmpty }

    mutating func add(_ body: @escaping () -> Void) { self.bodies.append(body) }

    mutating func add(_ others: DrainWaiters) { self.bodies += others.bodies }

    /// Makes the calls, later: none comes from within a function of the session.
    mutating func notify(on eventLoop: any EventLoop) {
        guard !self.bodies.isEmpty else { return }
        let bodies = self.bodies
        self.bodies = []
        for body in bodies { eventLoop.assumeIsolated().execute(body) }
    }

    /// The connection is gone: nobody is called.
    mutating func removeAll() { self.bodies = [] }
}
