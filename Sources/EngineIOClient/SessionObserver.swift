import EngineIO
import Logging
import NIOCore

/// Observes one session: its log, its trace and its measurements. The last two may be absent.
package final class SessionObserver {
    let logger: Logger
    let trace: SessionTrace?
    private let explainer: (any MessageExplainer)?
    let meter: (any SessionMeter)?
    /// Counts the messages of each transport. Kept here so that it lives as long as the session.
    let traffic: TrafficCounts
    /// Whether the log shows each packet.
    let logsPackets: Bool

    /// - Parameters:
    ///   - trace: shown everything that goes over the wire.
    ///   - meter: notified of connecting and of the end of the session, and counts its messages.
    ///   - explainer: knows the protocol of the messages.
    ///   - loop: the loop of the session, which has the counters of sessions without a meter.
    package init(
        logger: Logger, trace: TracedUser? = nil, meter: (any SessionMeter)? = nil,
        explainer: (any MessageExplainer)? = nil, loop: ClientLoop
    ) {
        self.logger = logger
        self.explainer = explainer
        self.trace = trace.map { SessionTrace($0, explainer: explainer) }
        self.meter = meter
        self.traffic = meter?.traffic ?? loop.uncounted
        self.logsPackets = logger.logLevel <= .info
    }

    /// Whether the log or the trace shows packets: each message checks this once.
    var watchesPackets: Bool { self.logsPackets || self.trace != nil }

    /// Shows a message that is delivered, or that is sent at once.
    func message(
        _ direction: TraceEvent.Direction, _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, by transport: Transport
    ) {
        if self.logsPackets { self.logMessage(direction == .received ? "Received" : "Sending", kind, bytes) }
        self.trace?.packet(direction, transport, .message, bytes, kind)
    }

    func logMessage(_ verb: String, _ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        let shown =
            self.explainer?.masked(kind, bytes)
            ?? (kind == .binary ? "<binary>" : String(decoding: bytes.prefix(256), as: UTF8.self))
        self.logger.info("\(verb) packet MESSAGE data \(shown)")
    }

    /// Logs a packet that is not a message.
    func log(_ verb: String, _ type: PacketType) {
        if self.logsPackets { self.logger.info("\(verb) packet \(String(describing: type).uppercased())") }
    }
}
