import EngineIO
import NIOCore
import Testing

@testable import EngineIOClient

struct SessionMachineTests {
    typealias PacketAction = SessionMachine.PacketAction

    enum Stage: CaseIterable { case connecting, upgrading, open, closing, closed }

    private static let handshake = Handshake(
        sid: "S", upgrades: [], pingInterval: 1000, pingTimeout: 1000, maxPayload: nil)

    private final class Fixture {
        var machine = SessionMachine(transports: [.polling, .websocket])
        let transport: MemoryTransport
        private let test: MemorySession

        init(_ stage: Stage) throws {
            self.test = try MemorySession()
            self.transport = MemoryTransport(.polling, self.test.session)
            _ = self.machine.nextTransport()
            _ = self.machine.tries(self.transport)
            if stage == .connecting { return }
            self.machine.opened(SessionMachineTests.handshake, at: .now())
            if stage == .upgrading { return }
            _ = self.machine.settled(on: self.transport)
            if stage == .closing { _ = self.machine.closeRequested(abort: false) }
            if stage == .closed { _ = self.machine.ended() }
        }

        var stage: Stage {
            switch self.machine.state {
            case .connecting: .connecting
            case .upgrading: .upgrading
            case .open: .open
            case .closing: .closing
            case .closed: .closed
            }
        }
    }

    @Test func beginsWithTheHandshake() {
        #expect(SessionMachine(transports: [.polling]).isConnecting)
    }

    @Test(arguments: PacketType.allCases)
    func theFirstPacketIsTheOpenPacket(type: PacketType) throws {
        let test = try Fixture(.connecting)
        #expect(test.machine.received(type) == (type == .open ? .readHandshake : .fail))
        // Whether the handshake is good is known only when its data was read.
        #expect(test.stage == .connecting)
    }

    @Test(arguments: [
        (PacketType.open, PacketAction.unexpected), (.close, .serverClosed), (.ping, .pong),
        (.pong, .unexpected), (.message, .deliver), (.upgrade, .unexpected), (.noop, .ignore),
    ])
    func packetsOfAnOpenSession(type: PacketType, action: PacketAction) throws {
        for stage in [Stage.upgrading, .open] {
            let test = try Fixture(stage)
            #expect(test.machine.isOpen)
            #expect(test.machine.received(type) == action)
            #expect(test.stage == stage)
        }
    }

    @Test(arguments: PacketType.allCases)
    func packetsAfterTheClosePacket(type: PacketType) throws {
        for stage in [Stage.closing, .closed] {
            let test = try Fixture(stage)
            // Pings are answered until the end: writing what is queued may take longer than the server waits.
            #expect(test.machine.received(type) == (type == .ping && stage == .closing ? .pong : .ignore))
            #expect(test.stage == stage)
        }
    }

    @Test(arguments: [
        (Stage.connecting, "abandon", Stage.closed), (.upgrading, "close", .closing), (.open, "close", .closing),
        (.closing, "none", .closing), (.closed, "none", .closed),
    ])
    func closing(stage: Stage, action: String, next: Stage) throws {
        let test = try Fixture(stage)
        let requested = test.machine.closeRequested(abort: false)
        #expect("\(requested)".hasPrefix(action))
        #expect(test.stage == next)
    }

    @Test(arguments: Stage.allCases)
    func theEndTellsWhatItEnded(stage: Stage) throws {
        let test = try Fixture(stage)
        let end = test.machine.ended()
        let isSession = stage != .connecting && stage != .closed
        #expect((end?.transport === test.transport) == isSession)
        #expect(end?.opening.handshake == (isSession ? Self.handshake : nil))
        #expect(test.stage == (stage == .connecting ? .connecting : .closed))
        #expect(test.machine.ended() == nil)
    }

    @Test func packetsAfterTheServersCloseAreDropped() throws {
        let test = try Fixture(.open)
        #expect(test.machine.received(.close) == .serverClosed)
        #expect(test.machine.ended() != nil)
        let actions = [PacketType.message, .close, .ping].map { test.machine.received($0) }
        #expect(actions == [.ignore, .ignore, .ignore])
        #expect("\(test.machine.closeRequested(abort: false))" == "none")
    }

    @Test func theServersCloseCrossesTheClients() throws {
        let test = try Fixture(.open)
        _ = test.machine.closeRequested(abort: false)
        #expect(test.machine.received(.close) == .ignore)
        #expect("\(test.machine.closeRequested(abort: false))" == "none")
        #expect(test.machine.ended() != nil)
    }

    @Test func aHandshakeThatComesTooLate() throws {
        let test = try Fixture(.connecting)
        _ = test.machine.closeRequested(abort: false)
        #expect(test.machine.received(.open) == .ignore)
        #expect(test.machine.received(.message) == .ignore)
        #expect(test.stage == .closed)
    }

    @Test func aSessionThatEndedDoesNotOpen() throws {
        let test = try Fixture(.connecting)
        #expect(test.machine.received(.open) == .readHandshake)
        _ = test.machine.closeRequested(abort: false)
        test.machine.opened(Self.handshake, at: .now())
        #expect(test.stage == .closed)
    }

    @Test func aSessionIsConnectedOnce() throws {
        let test = try Fixture(.open)
        #expect(test.machine.settled(on: test.transport) == .none)
        #expect(test.stage == .open)
    }

    @Test func transportsAreTriedInTheirOrder() throws {
        let test = try Fixture(.connecting)
        guard case .tryNext(let attempt) = test.machine.attemptFailed(triesAll: true) else {
            Issue.record("the next transport is not tried")
            return
        }
        #expect(attempt.transport === test.transport)
        #expect(test.machine.current == nil)
        #expect(test.machine.nextTransport() == .websocket)
        guard case .fail(let last) = test.machine.attemptFailed(triesAll: true) else {
            Issue.record("there is no transport left")
            return
        }
        #expect(last.name == .websocket)
        #expect(test.stage == .closed)
    }
}
