import Metrics

/// An action or an event of a script, as the last second had it.
struct LiveName: Equatable, Sendable {
    enum Kind: String, Hashable, Sendable {
        case time, ack, sent, received
    }

    struct Key: Hashable, Sendable {
        let kind: Kind
        let name: ExactText
    }

    let key: Key
    /// How often it ended, or was sent or received; per second.
    let rate: Double
    /// Of its time, in milliseconds; nil without a value.
    let p95: Double?
}
