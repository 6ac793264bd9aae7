import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// The reports of the session.
extension SocketIOClientCore: SocketIOSessionDelegate {
    func socketIOAttempt(_ number: Int) { self.open() }

    func socketIOEngineOpened(_ handshake: Handshake, transport: Transport, address: String) { self.authenticate() }

    func socketIORejoins(_ namespaces: [String]) { self.authenticate() }

    func socketIOEngineUpgraded() {}

    func socketIOConnected(namespace: String, sid: String, isRecovered: Bool, after: TimeAmount?) {
        self.connected(namespace, sid)
        self.report(.connected(namespace: namespace, sid: sid, isRecovered: isRecovered))
    }

    func socketIORefused(namespace: String, payload: UnsafeRawBufferPointer) {
        let words = ServerWords.of(payload, .json)
        let error = ConnectionError(.namespace, "the server has refused the namespace \(namespace)", cause: words)
        self.refused(namespace, SocketIOConnectError(error, refused: [namespace]))
        // A reason that is not JSON is like none: the refusal counts.
        self.report(.refused(namespace: namespace, (try? ReceivedArguments.value(payload)) ?? nil))
    }

    func socketIOReady() { self.ready() }

    func socketIOAttemptFailed(_ error: SocketIOConnectError, willRetry: Bool) {
        if !willRetry {
            self.failed(error)
            self.ended(unwritten: 0, willReconnect: false)
        }
        self.report(.attemptFailed(error, willRetry: willRetry))
    }

    func socketIOEvent(_ event: SocketIOReceived) {
        do throws(SocketIOPacketError) {
            let read = try ReceivedArguments(event.payload, event.attachments, hasName: true)
            let answer =
                event.id.isEmpty ? nil : SocketIOEvent.Answer(id: Array(event.id), connection: event.connection)
            self.report(
                .event(
                    SocketIOEvent(
                        name: read.name ?? "", arguments: read.values,
                        namespace: String(decoding: event.namespace, as: UTF8.self), answer: answer)))
        } catch {
            self.illegal(error, event)
        }
    }

    func socketIOAck(_ id: UInt64, _ ack: SocketIOReceived) {
        do throws(SocketIOPacketError) {
            let read = try ReceivedArguments(ack.payload, ack.attachments, hasName: false)
            let namespace = String(decoding: ack.namespace, as: UTF8.self)
            self.acknowledged(Call(namespace: namespace, id: id), read.values)
        } catch {
            self.illegal(error, ack)
        }
    }

    func socketIODisconnected(
        namespace: String, _ reason: DisconnectReason, _ detail: DisconnectDetail, willReconnect: Bool
    ) {
        self.disconnected(namespace)
        self.report(.disconnected(namespace: namespace, reason, detail, willReconnect: willReconnect))
    }

    func socketIOEnded(
        _ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willReconnect: Bool
    ) {
        self.ended(unwritten: unwritten, willReconnect: willReconnect)
    }

    func socketIOGaveUp(byProgram: Bool) { self.ended(unwritten: 0, willReconnect: false) }

    func socketIORandom() -> Double { .random(in: 0...1) }

    func socketIOWritable() { self.writable() }

    /// Nothing here asks for it.
    func socketIODrained() {}
}
