/// The limit of a message's length, by the name that users know it by.
public enum MessageLimit: String, Sendable {
    case client = "max_message_size"
    case server = "maxPayload"

    /// Explains that a message is over the limit.
    public func exceeded(by length: Int, limit: Int) -> String {
        "a message of \(length) bytes is over the limit of \(limit) bytes (\(self.rawValue))"
    }
}
