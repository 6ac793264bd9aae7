/// Whose packets are traced, and to whom.
package struct TracedUser: Sendable {
    package var tracer: any PacketTracer
    /// The virtual user, or nil where there is none.
    package var user: Int?

    package init(_ tracer: any PacketTracer, user: Int? = nil) {
        self.tracer = tracer
        self.user = user
    }
}
