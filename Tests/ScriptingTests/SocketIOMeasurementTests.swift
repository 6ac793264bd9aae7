import EngineIOClient
import NIOCore
import SocketIOClient
import Testing

@testable import Scripting

struct SocketIOMeasurementTests {
    private let meter = RecordingMeter()
    private let measurement: SocketIOMeasurement

    init() { self.measurement = SocketIOMeasurement(self.meter) }

    private func send(_ name: String, on connection: UInt64 = 1, ackID: UInt64 = 0) {
        var name = name
        name.withUTF8 {
            self.measurement.sent(UnsafeRawBufferPointer($0), connection: connection, ackID: ackID)
        }
    }

    private func fail(_ phase: ConnectionError.Phase) -> Bool {
        self.measurement.attemptFailed(SocketIOConnectError(ConnectionError(phase, "no"))).error.isMeasured
    }

    @Test func anAckIsCountedOnce() {
        self.send("a", ackID: 1)
        self.send("b")
        self.measurement.ackEnded(connection: 1, id: 1, .ok)
        self.measurement.ackEnded(connection: 1, id: 1, .ok)
        self.measurement.ackEnded(connection: 1, id: 2, .ok)
        self.measurement.disconnected { _ in false }
        #expect(self.meter.lines == ["sent a, wants an ack", "sent b", "a ok"])
    }

    @Test func anAckAfterItsTimeIsLate() {
        self.send("a", ackID: 1)
        self.measurement.ackEnded(connection: 1, id: 1, .timeout)
        self.measurement.ackEnded(connection: 1, id: 1, .ok)
        #expect(self.meter.lines == ["sent a, wants an ack", "a timeout"])
    }

    @Test func eachConnectionHasItsOwnNumbers() {
        self.send("a", on: 1, ackID: 1)
        self.send("b", on: 2, ackID: 1)
        self.measurement.ackEnded(connection: 2, id: 1, .ok)
        self.measurement.ackEnded(connection: 1, id: 1, .timeout)
        #expect(self.meter.lines.suffix(2) == ["b ok", "a timeout"])
    }

    @Test func onlyTheAcksOfALostConnectionEnd() {
        self.send("a", on: 1, ackID: 1)
        self.send("b", on: 2, ackID: 1)
        self.measurement.disconnected { $0 == 2 }
        #expect(self.meter.lines.suffix(1) == ["a disconnected"])
        self.measurement.disconnected { _ in false }
        #expect(self.meter.lines.suffix(1) == ["b disconnected"])
    }

    @Test func theAcksOfAUserThatIsStoppedStayOpen() {
        self.send("a", ackID: 1)
        self.measurement.stop()
        self.measurement.disconnected { _ in false }
        #expect(self.meter.lines == ["sent a, wants an ack"])
    }

    @Test func onlyAttemptsAfterALossConnectAgain() {
        self.measurement.connectRequested()
        for _ in 0..<2 {
            self.measurement.attemptBegan()
            #expect(!self.fail(.tcp))
        }
        self.measurement.attemptBegan()
        self.measurement.connected("/", after: .milliseconds(5))
        self.measurement.connected("/early", after: nil)
        self.measurement.ready()
        #expect(self.meter.lines == ["connected /"])
        #expect(self.meter.times == [.milliseconds(5)])
        self.measurement.attemptBegan()
        _ = self.fail(.tcp)
        self.measurement.gaveUp()
        self.measurement.attemptBegan()
        self.measurement.ready()
        self.measurement.attemptBegan()
        self.measurement.gaveUp()
        self.measurement.gaveUp()
        #expect(self.meter.lines.dropFirst() == ["reconnect failed", "reconnect ok", "reconnect interrupted"])
        self.measurement.connectRequested()
        self.measurement.attemptBegan()
        _ = self.fail(.tcp)
        #expect(self.meter.lines.count == 4)
    }

    @Test func failedNamespacesAreMeasuredUnlessTheScriptHasFailed() {
        self.measurement.attemptBegan()
        #expect(self.fail(.namespace))
        #expect(self.meter.lines == ["failed: no"])
        self.measurement.attemptBegan()
        self.measurement.rejected()
        #expect(!self.fail(.namespace))
        #expect(self.meter.lines.count == 1)
    }
}
