import SocketIO

/// The use that a server makes of an event.
enum ServerEvent: Equatable, Sendable {
    /// Send `message-back` with the same arguments; no ack (the server of Socket.IO's test suite).
    case message
    case join(room: String)
    case leave(room: String)
    /// Send `said` to the other members of the room.
    case say(room: String)
    /// Send the event that the first argument names, with the others, and ask for an ack; its values are the ack.
    case ask
    /// The arguments are not those of the event. The ack is `false` and this text.
    case invalid(String)
    /// Acknowledge the event with its arguments.
    case other

    init(_ event: ReceivedEvent) {
        switch event.name {
        case "message": self = .message
        case "join": self = Self.room(of: event) { .join(room: $0) }
        case "leave": self = Self.room(of: event) { .leave(room: $0) }
        case "say": self = Self.room(of: event) { .say(room: $0) }
        case "ask": self = Self.question(of: event)
        default: self = .other
        }
    }

    private static func question(of event: ReceivedEvent) -> Self {
        guard let name = event.first?.string else { return .invalid("the first argument of ask is an event: a string") }
        var text = JSONString.text(name)
        let isReserved = text.withUTF8 { ReservedEventName.contains(UnsafeRawBufferPointer($0)) }
        return isReserved ? .invalid("the event of ask has a reserved name") : .ask
    }

    private static func room(of event: ReceivedEvent, _ make: (String) -> Self) -> Self {
        guard let room = event.first?.string else {
            return .invalid("the first argument of \(event.name) is a room: a string")
        }
        // Each escape makes a name shorter.
        guard room.count <= Rooms.longestName else {
            return .invalid("a room has a name of at most \(Rooms.longestName) bytes")
        }
        return make(JSONString.text(room))
    }
}
