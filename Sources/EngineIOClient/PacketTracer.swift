/// Shows everything that goes over the wire. Called from any loop.
package protocol PacketTracer: Sendable {
    /// The number of a session that begins.
    func nextSession() -> Int
    func trace(_ event: TraceEvent)
}
