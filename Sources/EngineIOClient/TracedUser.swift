/// The owner of traced packets, and the tracer that shows them.
package struct TracedUser: Sendable {
    package var tracer: any PacketTracer
    /// The virtual user, if there is one.
    package var user: Int?

    package init(_ tracer: any PacketTracer, user: Int? = nil) {
        self.tracer = tracer
        self.user = user
    }
}
