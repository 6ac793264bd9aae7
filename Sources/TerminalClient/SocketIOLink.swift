import EngineIO
import EngineIOClient
import NIOCore
import SocketIO
import SocketIOClient

/// A client of Socket.IO in one namespace.
final class SocketIOLink: ServerLink {
    weak var delegate: (any ServerLinkDelegate)?
    private let settings: LinkSettings
    private let namespace: String
    private let auth: SocketIOValue?
    private let loop: ClientLoop
    private let session: SocketIOSession
    private var meter = PhaseMeter()
    private var opening: Report.Opening?

    init(_ settings: LinkSettings, _ socketIO: LinkSettings.SocketIO, loop: ClientLoop) {
        self.settings = settings
        self.namespace = socketIO.namespace
        self.auth = socketIO.auth
        self.loop = loop
        var configuration = SocketIOConfiguration()
        configuration.reconnection.isEnabled = settings.retries
        self.session = SocketIOSession(
            ClientSettings(loop: loop, configuration: settings.configuration), configuration: configuration,
            logger: settings.logger)
        self.session.delegate = self
    }

    var bufferedBytes: Int { self.session.bufferedBytes }

    func connect() {
        var request = SocketIOSession.Request(namespaces: [self.namespace])
        request.retries = self.settings.retries
        _ = self.session.connect(request)
    }

    func send(_ message: OutgoingMessage) -> LinkResult {
        // Text and bytes are events by now.
        guard case .event(let event) = message else { return .refused("a message of Socket.IO is an event") }
        var (name, namespace) = (event.name, self.namespace)
        if name.withUTF8({ ReservedEventName.contains(UnsafeRawBufferPointer($0)) }) {
            return .refused("'\(event.name)' is a reserved name of an event")
        }
        let headroom = SocketIOHeader.longest + namespace.utf8.count
        var written: WrittenArguments
        do {
            written = try WrittenArguments(name: event.name, event.arguments, headroom: headroom)
        } catch {
            return .refused("cannot send \(error.description)")
        }
        let result = namespace.withUTF8 { namespace in
            written.withParts { packet, attachments in
                self.session.emit(
                    UnsafeRawBufferPointer(namespace), wantsAck: event.wantsAck, packet: packet, headroom: headroom,
                    attachments: attachments, mayWait: true)
            }
        }
        switch result {
        case .sent(let id): return .sent(ack: event.wantsAck ? id : nil)
        case .full(let id): return .full(ack: event.wantsAck ? id : nil)
        case .notConnected, .refused: return .notConnected
        case .invalidText(let offset): return .refused("byte \(offset + 1) of the packet is not valid")
        }
    }

    func setReading(_ isOn: Bool) { self.session.setReading(isOn) }

    func notifyDrained() { self.session.notifyDrained() }

    func close(timeout: TimeAmount) { self.session.disconnect(timeout: timeout, abort: false) }

    /// An event that asks for an ack gets one without values, as from `receive` of a script.
    private func acknowledge(_ event: SocketIOReceived) {
        guard !event.id.isEmpty, let name = String(validating: event.namespace, as: UTF8.self) else { return }
        let headroom = SocketIOHeader.longest + name.utf8.count
        guard var written = try? WrittenArguments(name: nil, [], headroom: headroom) else { return }
        _ = written.withParts { packet, attachments in
            self.session.acknowledge(
                event.namespace, connection: event.connection, id: event.id, packet: packet, headroom: headroom,
                attachments: attachments)
        }
    }
}

extension SocketIOLink: SocketIOSessionDelegate {
    func socketIOAttempt(_ number: Int) {
        self.meter = PhaseMeter()
        self.session.open(
            self.settings.options,
            observer: SessionObserver(
                logger: self.settings.logger, trace: self.settings.trace.map { TracedUser($0) }, meter: self.meter,
                explainer: SocketIOExplainer(.json), loop: self.loop))
    }

    func socketIOEngineOpened(_ handshake: Handshake, transport: Transport, address: String) {
        self.opening = Report.Opening(address: address, transport: transport, sid: "", namespace: self.namespace)
        self.authenticate()
    }

    func socketIORejoins(_ namespaces: [String]) { self.authenticate() }

    private func authenticate() {
        // It was checked when the options were read.
        let payload = self.auth.flatMap { try? WrittenArguments.text($0) }
        guard let payload else { return self.session.authenticate(nil) }
        payload.withUnsafeBytes { self.session.authenticate($0) }
    }

    func socketIOEngineUpgraded() { self.opening?.transport = .websocket }

    func socketIOConnected(namespace: String, sid: String, isRecovered: Bool, after: TimeAmount?) {
        self.opening?.sid = sid
        if let after { self.opening?.phases = [Report.Phase(name: "namespace", time: after)] }
    }

    func socketIORefused(namespace: String, payload: UnsafeRawBufferPointer) {}

    func socketIOReady() {
        guard var opening else { return }
        opening.phases = self.meter.phases + opening.phases
        self.delegate?.linkOpened(opening)
    }

    func socketIOAttemptFailed(_ error: SocketIOConnectError, willRetry: Bool) {
        self.delegate?.linkFailed(error.description, willRetry: willRetry)
    }

    func socketIOEvent(_ event: SocketIOReceived) {
        do throws(SocketIOPacketError) {
            let read = try ReceivedArguments(event.payload, event.attachments, hasName: true)
            self.acknowledge(event)
            let size = event.attachments.reduce(event.payload.count) { $0 + $1.count }
            self.delegate?.linkReceived(.event(name: read.name ?? "", arguments: read.values), size: size)
        } catch {
            self.session.illegal(error.description, event)
        }
    }

    func socketIOAck(_ id: UInt64, _ ack: SocketIOReceived) {
        do throws(SocketIOPacketError) {
            let read = try ReceivedArguments(ack.payload, ack.attachments, hasName: false)
            self.delegate?.linkAcknowledged(id, read.values)
        } catch {
            self.session.illegal(error.description, ack)
        }
    }

    func socketIODisconnected(
        namespace: String, _ reason: DisconnectReason, _ detail: DisconnectDetail, willReconnect: Bool
    ) {}

    func socketIOEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willReconnect: Bool) {
        self.delegate?.linkClosed(reason, detail, unwritten: unwritten, willRetry: willReconnect)
    }

    func socketIOGaveUp(byProgram: Bool) {
        guard byProgram else { return }
        self.delegate?.linkFailed("disconnected while connecting", willRetry: false)
    }

    func socketIORandom() -> Double { .random(in: 0...1) }

    func socketIOWritable() { self.delegate?.linkWritable() }

    func socketIODrained() { self.delegate?.linkDrained() }
}
