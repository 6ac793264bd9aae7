/// The reason why a message is not a valid Socket.IO packet, as the end of "the server sent …".
public struct SocketIOPacketError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }

    /// The message does not begin as a packet does: the other side may speak plain Engine.IO.
    public static let notAPacket = SocketIOPacketError("a message that is not a Socket.IO packet")
}
