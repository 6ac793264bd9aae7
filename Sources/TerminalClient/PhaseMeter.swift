import EngineIO
import EngineIOClient
import NIOCore

/// Collects the times of the phases of one connect.
final class PhaseMeter: SessionMeter {
    let traffic = TrafficCounts()
    /// The first of each phase: the connection that the handshake came by.
    private var times: [ConnectPhase: TimeAmount] = [:]

    /// In their order.
    var phases: [Report.Phase] {
        ConnectPhase.allCases.compactMap { phase in
            self.times[phase].map { Report.Phase(name: phase.rawValue, time: $0) }
        }
    }

    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount) {
        if self.times[phase] == nil { self.times[phase] = time }
    }

    func connectStarted() {}
    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?) {}
    func pinged(_ transport: Transport, after time: TimeAmount) {}
    func sessionEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount) {}
}
