import EngineIO
import Testing

struct SessionStateMachineTests {
    typealias State = SessionStateMachine.State
    typealias PacketAction = SessionStateMachine.PacketAction

    private static func session(in state: State) -> SessionStateMachine {
        var session = SessionStateMachine()
        if state != .connecting { session.opened() }
        if state == .closing { _ = session.closeRequested() }
        if state == .closed { _ = session.ended() }
        return session
    }

    @Test func beginsWithTheHandshake() {
        #expect(SessionStateMachine().state == .connecting)
    }

    @Test(arguments: PacketType.allCases)
    func theFirstPacketIsTheOpenPacket(type: PacketType) {
        var session = Self.session(in: .connecting)
        let action: PacketAction = type == .open ? .readHandshake : .fail("OPEN packet not returned by server")
        check(session.received(type), action)
        // Whether the handshake is good is known only when its data was read.
        #expect(session.state == .connecting)
    }

    @Test(arguments: [
        (PacketType.open, PacketAction.unexpected, State.open), (.close, .serverClosed, .closed), (.ping, .pong, .open),
        (.pong, .unexpected, .open), (.message, .deliver, .open), (.upgrade, .unexpected, .open),
        (.noop, .ignore, .open),
    ])
    func packetsOfAnOpenSession(type: PacketType, action: PacketAction, state: State) {
        var session = Self.session(in: .open)
        check(session.received(type), action)
        #expect(session.state == state)
    }

    @Test(arguments: PacketType.allCases)
    func packetsAfterTheClosePacket(type: PacketType) {
        for state in [State.closing, .closed] {
            var session = Self.session(in: state)
            // Pings are answered until the end: writing what is queued may take longer than the server waits.
            check(session.received(type), type == .ping && state == .closing ? .pong : .ignore)
            #expect(session.state == state)
        }
    }

    @Test(arguments: [
        (State.connecting, SessionStateMachine.CloseAction.abandon, State.closed), (.open, .flush, .closing),
        (.closing, .none, .closing), (.closed, .none, .closed),
    ])
    func closing(state: State, action: SessionStateMachine.CloseAction, next: State) {
        var session = Self.session(in: state)
        check(session.closeRequested(), action)
        #expect(session.state == next)
    }

    @Test(arguments: [State.connecting, .open, .closing, .closed])
    func theEndTellsWhatItEnded(state: State) {
        var session = Self.session(in: state)
        check(session.ended(), state)
        #expect(session.state == .closed)
        check(session.ended(), .closed)
    }

    @Test func packetsAfterTheServersCloseAreDropped() {
        var session = Self.session(in: .open)
        let actions = [PacketType.noop, .message, .close, .message, .close, .ping].map { session.received($0) }
        #expect(actions == [.ignore, .deliver, .serverClosed, .ignore, .ignore, .ignore])
        check(session.closeRequested(), .none)
        check(session.ended(), .closed)
    }

    @Test func theServersCloseCrossesTheClients() {
        var session = Self.session(in: .open)
        check(session.closeRequested(), .flush)
        check(session.received(.close), .ignore)
        check(session.closeRequested(), .none)
        check(session.ended(), .closing)
    }

    @Test func aHandshakeThatComesTooLate() {
        var session = Self.session(in: .connecting)
        check(session.closeRequested(), .abandon)
        check(session.received(.open), .ignore)
        check(session.received(.message), .ignore)
        #expect(session.state == .closed)
    }

    @Test func aSessionThatEndedDoesNotOpen() {
        var session = Self.session(in: .connecting)
        check(session.received(.open), .readHandshake)
        check(session.closeRequested(), .abandon)
        session.opened()
        #expect(session.state == .closed)
    }

    @Test func theDocumentedReasons() {
        #expect(DisconnectReason.clientDisconnect.description == "client disconnect")
        #expect(DisconnectReason.serverDisconnect.description == "server disconnect")
        #expect(DisconnectReason.transportError.description == "transport error")
    }
}
