/// Whether the data of a message is text or binary.
public enum MessageKind: Sendable, Equatable {
    /// UTF-8 text: a text frame, or a packet without prefix in a payload.
    case text
    /// Raw bytes: a binary frame, or `b` and base64 in a payload.
    case binary
}
