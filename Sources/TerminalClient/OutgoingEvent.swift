import SocketIO

/// An event of Socket.IO that the user emits.
package struct OutgoingEvent: Equatable, Sendable {
    package var name: String
    package var arguments: [SocketIOValue]
    package var wantsAck = false

    package init(_ name: String, _ arguments: [SocketIOValue], wantsAck: Bool = false) {
        (self.name, self.arguments, self.wantsAck) = (name, arguments, wantsAck)
    }
}
