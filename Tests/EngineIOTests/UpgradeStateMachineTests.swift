import EngineIO
import TestSupport
import Testing

struct UpgradeStateMachineTests {
    typealias Action = UpgradeStateMachine.Action

    enum State: CaseIterable {
        case connecting, probing, settling, upgraded, failed

        var isOver: Bool { self == .upgraded || self == .failed }

        var machine: UpgradeStateMachine {
            var machine = UpgradeStateMachine()
            if self == .connecting { return machine }
            _ = machine.webSocketOpened()
            switch self {
            case .connecting, .probing: break
            case .settling: _ = machine.received(isProbePong: true, what: "")
            case .upgraded:
                _ = machine.received(isProbePong: true, what: "")
                _ = machine.pollingPaused()
            case .failed: _ = machine.webSocketFailed("gone")
            }
            return machine
        }
    }

    @Test(arguments: State.allCases)
    func theWebSocketOpens(state: State) {
        var upgrade = state.machine
        check(upgrade.webSocketOpened(), state == .connecting ? .sendProbe : .none)
        #expect(upgrade.isOver == state.isOver)
    }

    @Test(arguments: State.allCases)
    func theProbeIsAnswered(state: State) {
        var upgrade = state.machine
        let action: Action =
            switch state {
            case .probing: .pausePolling
            case .connecting, .settling: .stayOnPolling("the server answered the probe with x")
            case .upgraded, .failed: .none
            }
        check(upgrade.received(isProbePong: true, what: "x"), action)
    }

    @Test(arguments: State.allCases)
    func somethingElseComesByTheWebSocket(state: State) {
        var upgrade = state.machine
        check(
            upgrade.received(isProbePong: false, what: "\"3x\""),
            state.isOver ? .none : .stayOnPolling("the server answered the probe with \"3x\""))
        #expect(upgrade.isOver)
        check(upgrade.received(isProbePong: true, what: "x"), .none)
    }

    @Test(arguments: State.allCases)
    func pollingComesToRest(state: State) {
        var upgrade = state.machine
        check(upgrade.pollingPaused(), state == .settling ? .upgrade : .none)
        #expect(upgrade.isOver == (state.isOver || state == .settling))
        check(upgrade.pollingPaused(), .none)
    }

    @Test(arguments: State.allCases)
    func theWebSocketFails(state: State) {
        var upgrade = state.machine
        check(upgrade.webSocketFailed("refused"), state.isOver ? .none : .stayOnPolling("refused"))
        #expect(upgrade.isOver)
        // It is reported once.
        check(upgrade.webSocketFailed("again"), .none)
    }

    @Test(arguments: State.allCases)
    func theServerTakesItsTime(state: State) {
        var upgrade = state.machine
        check(upgrade.patienceOver(), state == .connecting || state == .probing ? .pollMeanwhile : .none)
        #expect(upgrade.isOver == state.isOver)
    }

    @Test func aFailedUpgradeStaysFailed() {
        var upgrade = State.failed.machine
        check(upgrade.webSocketOpened(), .none)
        check(upgrade.received(isProbePong: true, what: ""), .none)
        check(upgrade.pollingPaused(), .none)
        check(upgrade.patienceOver(), .none)
        #expect(upgrade.isOver)
    }
}

/// The upgrade and the polling beside it, joined as a client joins them.
struct UpgradeStoryTests {
    /// Packets to the server, in order.
    enum Sent: Equatable {
        case poll, post, probe, upgrade, webSocketClosed, finished
    }

    private struct Client {
        var upgrade = UpgradeStateMachine()
        var polling = PollingStateMachine()
        var hasPackets = false
        var sent: [Sent] = []

        mutating func perform(_ action: UpgradeStateMachine.Action) {
            switch action {
            case .none: break
            case .sendProbe: self.sent.append(.probe)
            case .pausePolling:
                self.polling.pause()
                self.pump()
            case .pollMeanwhile:
                self.polling.run()
                self.pump()
            case .upgrade: self.sent.append(.upgrade)
            case .stayOnPolling:
                self.sent.append(.webSocketClosed)
                self.polling.run()
                self.pump()
            }
        }

        mutating func pump() {
            switch self.polling.next(hasPackets: self.hasPackets) {
            case .none: break
            case .post: self.post()
            case .poll: self.sent.append(.poll)
            case .postAndPoll:
                self.post()
                self.sent.append(.poll)
            case .paused: self.perform(self.upgrade.pollingPaused())
            case .finished: self.sent.append(.finished)
            }
        }

        private mutating func post() {
            self.hasPackets = false
            self.sent.append(.post)
        }

        mutating func opened() { self.perform(self.upgrade.webSocketOpened()) }
        mutating func probeAnswered() { self.perform(self.upgrade.received(isProbePong: true, what: "")) }
        mutating func patienceOver() { self.perform(self.upgrade.patienceOver()) }
        mutating func webSocketDied() { self.perform(self.upgrade.webSocketFailed("died")) }

        mutating func send() {
            self.hasPackets = true
            self.pump()
        }

        mutating func pollEnded(isEmpty: Bool = false) {
            self.polling.pollEnded(isEmpty: isEmpty)
            self.pump()
        }

        mutating func postEnded() {
            self.polling.postEnded()
            self.pump()
        }

        mutating func disconnect() {
            self.hasPackets = true
            self.polling.close()
            self.perform(self.upgrade.webSocketFailed("the client disconnects"))
            self.pump()
        }
    }

    private var client = Client()

    @Test mutating func aQuickServerIsNeverPolled() {
        self.client.opened()
        self.client.send()
        #expect(self.client.sent == [.probe])
        self.client.probeAnswered()
        self.client.patienceOver()
        self.client.pump()
        #expect(self.client.sent == [.probe, .upgrade])
        // Packets that were sent meanwhile are left for the websocket.
        #expect(self.client.hasPackets)
    }

    @Test mutating func aPollInFlightWhenTheProbeIsAnswered() {
        self.client.opened()
        self.client.patienceOver()
        self.client.pollEnded(isEmpty: true)
        self.client.probeAnswered()
        self.client.send()
        #expect(self.client.sent == [.probe, .poll, .poll])
        self.client.pollEnded(isEmpty: true)
        #expect(self.client.sent == [.probe, .poll, .poll, .upgrade])
        self.client.pump()
        #expect(self.client.sent.count == 4)
    }

    @Test mutating func aPollAndAPostInFlightWhenTheProbeIsAnswered() {
        self.client.patienceOver()
        self.client.send()
        self.client.opened()
        self.client.probeAnswered()
        #expect(self.client.sent == [.poll, .post, .probe])
        self.client.pollEnded()
        #expect(self.client.sent == [.poll, .post, .probe])
        self.client.postEnded()
        #expect(self.client.sent == [.poll, .post, .probe, .upgrade])
    }

    @Test mutating func theWebSocketDiesBeforeTheUpgradePacket() {
        self.client.opened()
        self.client.patienceOver()
        self.client.probeAnswered()
        self.client.send()
        self.client.webSocketDied()
        // The poll in flight is the one that the session goes on with.
        #expect(self.client.sent == [.probe, .poll, .webSocketClosed, .post])
        self.client.pollEnded()
        self.client.postEnded()
        #expect(self.client.sent == [.probe, .poll, .webSocketClosed, .post, .poll])
    }

    @Test mutating func theWebSocketIsRefused() {
        self.client.send()
        self.client.webSocketDied()
        #expect(self.client.sent == [.webSocketClosed, .post, .poll])
        self.client.patienceOver()
        self.client.opened()
        self.client.webSocketDied()
        #expect(self.client.sent == [.webSocketClosed, .post, .poll])
    }

    @Test mutating func theWebSocketDiesAfterTheUpgradePacket() {
        self.client.opened()
        self.client.probeAnswered()
        self.client.webSocketDied()
        self.client.pump()
        // The session is over: it is not polling's to go on with.
        #expect(self.client.sent == [.probe, .upgrade])
    }

    @Test mutating func disconnectingWhileTheProbeIsOut() {
        self.client.opened()
        self.client.disconnect()
        #expect(self.client.sent == [.probe, .webSocketClosed, .post])
        self.client.probeAnswered()
        self.client.postEnded()
        #expect(self.client.sent == [.probe, .webSocketClosed, .post, .finished])
    }

    @Test mutating func disconnectingWhilePollingSettles() {
        self.client.opened()
        self.client.patienceOver()
        self.client.probeAnswered()
        self.client.disconnect()
        self.client.postEnded()
        #expect(self.client.sent == [.probe, .poll, .webSocketClosed, .post])
        self.client.pollEnded()
        #expect(self.client.sent == [.probe, .poll, .webSocketClosed, .post, .finished])
    }

    @Test mutating func aScriptThatDoesNotReadDoesNotHoldTheUpgrade() {
        self.client.polling.pauseReading()
        self.client.patienceOver()
        self.client.opened()
        self.client.probeAnswered()
        #expect(self.client.sent == [.probe, .upgrade])
    }

    @Test mutating func aScriptThatDoesNotReadStaysOnPolling() {
        self.client.opened()
        self.client.polling.pauseReading()
        self.client.webSocketDied()
        self.client.send()
        #expect(self.client.sent == [.probe, .webSocketClosed, .post])
        self.client.polling.resumeReading()
        self.client.pump()
        #expect(self.client.sent == [.probe, .webSocketClosed, .post, .poll])
    }
}
