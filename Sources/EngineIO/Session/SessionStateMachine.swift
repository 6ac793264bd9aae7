/// What a session does with each packet, whatever transport it came by (Engine.IO protocol 4).
public struct SessionStateMachine: Sendable {
    public enum State: Sendable, Equatable {
        /// The handshake is under way.
        case connecting
        case open
        /// The client said that it goes; what is queued is still written.
        case closing
        case closed
    }

    public enum PacketAction: Equatable, Sendable {
        /// The handshake is done: read the packet's data.
        case readHandshake
        case deliver
        /// Answer with a pong that carries the ping's data.
        case pong
        case serverClosed
        case ignore
        /// Not for a client at this point: logged, and the session goes on.
        case unexpected
        /// The handshake failed.
        case fail(String)
    }

    public private(set) var state = State.connecting

    public init() {}

    public mutating func received(_ type: PacketType) -> PacketAction {
        switch self.state {
        case .connecting:
            return type == .open ? .readHandshake : .fail("OPEN packet not returned by server")
        case .open:
            switch type {
            case .message: return .deliver
            case .ping: return .pong
            case .close:
                self.state = .closed
                return .serverClosed
            case .noop: return .ignore
            // A second open packet must not change the session's id.
            case .open, .pong, .upgrade: return .unexpected
            }
        case .closing:
            // Writing what is queued may take longer than the server's patience.
            return type == .ping ? .pong : .ignore
        case .closed:
            return .ignore
        }
    }

    public mutating func opened() { if self.state == .connecting { self.state = .open } }

    public enum CloseAction: Equatable, Sendable {
        /// Write what is queued, then say goodbye.
        case flush
        /// There is no session to say goodbye to.
        case abandon
        /// Stop saying goodbye.
        case cutShort
        case none
    }

    /// - Parameter abort: nothing is to be waited for.
    public mutating func closeRequested(abort: Bool = false) -> CloseAction {
        switch self.state {
        case .connecting:
            self.state = .closed
            return .abandon
        case .open:
            self.state = .closing
            return .flush
        case .closing:
            return abort ? .cutShort : .none
        case .closed:
            return .none
        }
    }

    /// The session is over, by whatever cause. Returns the state that it was in.
    public mutating func ended() -> State {
        let before = self.state
        self.state = .closed
        return before
    }
}
