import EngineIO
import TestSupport
import Testing

@testable import EngineIOServer

struct ServerSessionStateMachineTests {
    private var polling = ServerSessionStateMachine.overRequests

    @Test mutating func aPollWaitsForPackets() {
        check(self.polling.pollArrived(hasPackets: false), .wait)
        check(self.polling.packetsQueued(), .answerPoll)
        check(self.polling.packetsQueued(), .hold)
        check(self.polling.pollArrived(hasPackets: true), .answer)
    }

    @Test mutating func twoPollsAtOnceEndTheSession() {
        check(self.polling.pollArrived(hasPackets: false), .wait)
        check(self.polling.pollArrived(hasPackets: true), .refuseAndClose)
        check(self.polling.close(.server), .endAndAnswerPoll(.close))
        check(self.polling.close(.server), .none)
    }

    @Test mutating func twoPostsAtOnceEndTheSession() {
        check(self.polling.postArrived(), .accept)
        check(self.polling.postArrived(), .refuseAndClose)
        self.polling.postAnswered()
        check(self.polling.postArrived(), .accept)
    }

    @Test mutating func upgrades() {
        check(self.polling.pollArrived(hasPackets: false), .wait)
        check(self.polling.webSocketArrived(), true)
        check(self.polling.probeReceived(.ping, isProbe: true), .answerProbe(noopToPoll: true))
        check(self.polling.pollArrived(hasPackets: false), .answerNoop)
        check(self.polling.pollArrived(hasPackets: true), .answer)
        check(self.polling.probeReceived(.upgrade, isProbe: false), .complete)
        #expect(Array(self.polling.acceptedRequests.keys) == [.websocket])
        check(self.polling.packetsQueued(), .writeFrames)
    }

    @Test mutating func aPostThatOverlapsTheUpgradeDoesNotCount() {
        check(self.polling.webSocketArrived(), true)
        check(self.polling.probeReceived(.ping, isProbe: true), .answerProbe(noopToPoll: false))
        check(self.polling.postArrived(), .accept)
        check(self.polling.probeReceived(.upgrade, isProbe: false), .complete)
        #expect(!self.polling.readsPosts)
    }

    @Test mutating func aWebSocketThatClosesLeavesTheSessionOnPolling() {
        check(self.polling.webSocketArrived(), true)
        check(self.polling.probeReceived(.ping, isProbe: true), .answerProbe(noopToPoll: false))
        self.polling.probeClosed()
        check(self.polling.pollArrived(hasPackets: false), .wait)
        check(self.polling.webSocketArrived(), true)
        check(self.polling.packetsQueued(), .answerPoll)
    }

    @Test mutating func anUpgradeNeedsAProbe() {
        check(self.polling.webSocketArrived(), true)
        check(self.polling.probeReceived(.upgrade, isProbe: false), .abandon)
    }

    @Test mutating func oneWebSocketASession() {
        check(self.polling.webSocketArrived(), true)
        check(self.polling.webSocketArrived(), false)
        var upgraded = ServerSessionStateMachine.overWebSocket
        check(upgraded.webSocketArrived(), false)
    }

    @Test(arguments: [(PacketType.ping, false), (.message, false), (.close, false), (nil, false)])
    func otherPacketsAbandonTheUpgrade(type: PacketType?, isProbe: Bool) {
        var session = ServerSessionStateMachine.overRequests
        check(session.webSocketArrived(), true)
        check(session.probeReceived(type, isProbe: isProbe), .abandon)
        #expect(session.acceptedRequests.keys.contains(.polling))
    }

    @Test(arguments: [
        (PacketType.message, ServerSessionStateMachine.PacketAction.deliver), (.pong, .pong), (.close, .clientClosed),
        (.ping, .violation), (.open, .ignore), (.upgrade, .ignore), (.noop, .ignore),
    ])
    func packets(type: PacketType, action: ServerSessionStateMachine.PacketAction) {
        var session = ServerSessionStateMachine.overWebSocket
        check(session.packetReceived(type), action)
        _ = session.close(.server)
        check(session.packetReceived(type), .ignore)
    }

    @Test mutating func aClientThatClosesFreesItsPollByANoop() {
        check(self.polling.pollArrived(hasPackets: false), .wait)
        check(self.polling.close(.client), .endAndAnswerPoll(.noop))
        check(self.polling.packetsQueued(), .hold)
    }
}
