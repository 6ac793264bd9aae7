import EngineIO
import EngineIOClient
import NIOCore
import Scripting

/// Measures one user's clients together with the scenario's other users, and records how its own connects ended.
final class UserMeter: ClientMeter {
    private let scenario: ScenarioMeter
    /// Whether the last connect since ``begin()`` failed.
    private(set) var hasFailedToConnect = false

    init(_ scenario: ScenarioMeter) { self.scenario = scenario }

    var traffic: TrafficCounts { self.scenario.traffic }

    /// An iteration begins.
    func begin() { self.hasFailedToConnect = false }

    func connectStarted() { self.scenario.connectStarted() }

    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount) {
        self.scenario.phaseEnded(phase, transport, after: time)
    }

    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?) {
        switch outcome {
        case .opened: self.hasFailedToConnect = false
        case .failed: self.hasFailedToConnect = true
        case .cutOff: break
        }
        self.scenario.connectEnded(outcome, transport)
    }

    func pinged(_ transport: Transport, after time: TimeAmount) { self.scenario.pinged(transport, after: time) }

    func sessionEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount) {
        self.scenario.sessionEnded(reason, detail, unwritten: unwritten, after: time)
    }

    // MARK: SocketIOMeter

    func number(ofEvent name: UnsafeRawBufferPointer) -> UInt32 { self.scenario.number(ofEvent: name) }

    func eventSent(_ event: UInt32, wantsAck: Bool) { self.scenario.eventSent(event, wantsAck: wantsAck) }

    func eventReceived(_ event: UInt32) { self.scenario.eventReceived(event) }

    func ackEnded(_ event: UInt32, _ outcome: AckOutcome, after time: TimeAmount) {
        self.scenario.ackEnded(event, outcome, after: time)
    }

    func namespaceConnected(_ namespace: String, after time: TimeAmount) {
        self.scenario.namespaceConnected(namespace, after: time)
    }

    func namespacesFailed(_ message: String) {
        self.hasFailedToConnect = true
        self.scenario.namespacesFailed(message)
    }

    func reconnectEnded(_ outcome: ReconnectOutcome) { self.scenario.reconnectEnded(outcome) }
}
