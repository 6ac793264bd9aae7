import NIOCore

/// A message of Engine.IO. The protocol has these two kinds.
public enum Message: Sendable, Equatable {
    case text(String)
    case binary(ByteBuffer)
}
