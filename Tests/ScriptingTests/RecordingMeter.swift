import NIOCore

@testable import Scripting

/// Writes down everything that Socket.IO clients do.
final class RecordingMeter: SocketIOMeter {
    private(set) var names: [String] = []
    private(set) var lines: [String] = []
    private(set) var times: [TimeAmount] = []

    func number(ofEvent name: UnsafeRawBufferPointer) -> UInt32 {
        let name = String(decoding: name, as: UTF8.self)
        if let known = self.names.firstIndex(of: name) { return UInt32(known) }
        self.names.append(name)
        return UInt32(self.names.count - 1)
    }

    func eventSent(_ event: UInt32, wantsAck: Bool) {
        self.lines.append("sent \(self.names[Int(event)])\(wantsAck ? ", wants an ack" : "")")
    }

    func eventReceived(_ event: UInt32) { self.lines.append("received \(self.names[Int(event)])") }

    func ackEnded(_ event: UInt32, _ outcome: AckOutcome, after time: TimeAmount) {
        self.lines.append("\(self.names[Int(event)]) \(outcome)")
        self.times.append(time)
    }

    func namespaceConnected(_ namespace: String, after time: TimeAmount) {
        self.lines.append("connected \(namespace)")
        self.times.append(time)
    }

    func namespacesFailed(_ message: String) { self.lines.append("failed: \(message)") }

    func reconnectEnded(_ outcome: ReconnectOutcome) { self.lines.append("reconnect \(outcome)") }
}
