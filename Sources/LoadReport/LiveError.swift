/// An error and how often it occurred.
struct LiveError: Equatable, Sendable {
    let count: UInt64
    /// The part that failed: `connect`, `time join`.
    let place: String
    let text: String
}
