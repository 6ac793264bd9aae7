import CLuaHost
import EngineIO
import EngineIOClient
import Logging
import NIOCore
import SocketIO
import SocketIOClient

/// Joins one Socket.IO client of a script to its session.
final class SocketIOBinding: ScriptClient {
    private let session: SocketIOSession
    /// ``session`` for the call that each event makes, without a retain; nil until `connect`.
    private var sender: Unmanaged<SocketIOSession>?
    /// From `connect` until its end was reported.
    private var isConnected = false
    /// Only in load tests.
    let measurement: SocketIOMeasurement?

    init(
        handle: OpaquePointer, host: ScriptHost, options: luahost_client_options, own: luahost_socketio_options
    ) {
        let (settings, logger) = (host.settings(options), host.logger(options))
        self.session = SocketIOSession(settings, configuration: SocketIOConfiguration(own), logger: logger)
        self.measurement = host.meter.map { SocketIOMeasurement($0) }
        super.init(handle: handle, host: host, settings: settings, logger: logger)
        self.session.delegate = self
    }

    override var isOpen: Bool { self.isConnected }

    /// See ``SocketIOSession/isEnding``.
    var isEnding: Bool { self.isConnected && self.session.isEnding }

    override func release() {
        self.session.release()
        self.isConnected = false
        super.release()
    }

    // MARK: Requests of the script

    func connect(_ options: luahost_socketio_connect) -> Int32 {
        let names = UnsafeBufferPointer(start: options.namespaces, count: options.namespace_count)
        var request = SocketIOSession.Request(namespaces: names.map { String($0) })
        request.waitsForNamespaces = options.wait
        request.waitTimeout = .seconds(fromScript: options.wait_timeout)
        request.retries = options.retry
        guard self.session.connect(request) else { return 1 }
        self.sender = Unmanaged.passUnretained(self.session)
        self.measurement?.connectRequested()
        self.isConnected = true
        return 0
    }

    func open(_ options: luahost_connect_options, _ out: UnsafeMutablePointer<luahost_error>) -> Int32 {
        do {
            let options = try self.connectOptions(options)
            self.warnOfPath(of: options, option: "socketio_path", namesNamespace: true)
            self.session.open(options, observer: self.makeObserver(explainer: self.explainer))
            return 0
        } catch {
            return self.refuse(error, out)
        }
    }

    /// For a log or a trace that shows packets.
    private var explainer: SocketIOExplainer? {
        let isShown = self.host.clientDefaults.trace != nil || self.logger.logLevel <= .info
        return isShown ? SocketIOExplainer(self.session.serializer) : nil
    }

    func authenticate(_ payload: luahost_slice) {
        self.session.authenticate(payload.length == 0 ? nil : UnsafeRawBufferPointer(payload))
    }

    /// A function of the script for the url, the headers or `auth` has failed, or its connect handler.
    func reject(_ text: String, byHandler: Bool) {
        let message = byHandler ? "Connect handler failed: \(text)" : text
        self.measurement?.rejected()
        let error = SocketIOConnectError(ConnectionError(byHandler ? .namespace : .open, message))
        if byHandler { self.session.connectHandlerFailed(error) } else { self.session.reject(error) }
    }

    func emit(_ packet: UnsafePointer<luahost_socketio_packet>, wantsAck: Bool) -> SocketIOSendResult {
        guard let sender = self.sender else { return .notConnected(.disconnected) }
        let result = Self.withAttachments(packet) { attachments in
            sender._withUnsafeGuaranteedRef {
                $0.emit(
                    UnsafeRawBufferPointer(packet.pointee.name_space), wantsAck: wantsAck,
                    packet: UnsafeMutableRawBufferPointer(start: packet.pointee.data, count: packet.pointee.length),
                    headroom: packet.pointee.headroom, attachments: attachments,
                    mayWait: packet.pointee.may_wait, isUTF8: packet.pointee.is_text)
            }
        }
        if let measurement { self.measure(measurement, packet, result) }
        return result
    }

    private func measure(
        _ measurement: SocketIOMeasurement, _ packet: UnsafePointer<luahost_socketio_packet>,
        _ result: SocketIOSendResult
    ) {
        switch result {
        case .sent(let ackID), .full(let ackID):
            let namespace = UnsafeRawBufferPointer(packet.pointee.name_space)
            measurement.sent(
                UnsafeRawBufferPointer(packet.pointee.event), connection: self.session.connection(of: namespace) ?? 0,
                ackID: ackID)
        case .notConnected, .refused, .invalidText:
            break
        }
    }

    /// `call` has waited long enough.
    func ackTimedOut(_ namespace: luahost_slice, _ id: UInt64) {
        guard let measurement, let connection = self.session.connection(of: UnsafeRawBufferPointer(namespace)) else {
            return
        }
        measurement.ackEnded(connection: connection, id: id, .timeout)
    }

    /// A namespace or all of them are over.
    func endAcks() { self.measurement?.disconnected { self.session.isConnected($0) } }

    func acknowledge(_ packet: UnsafePointer<luahost_socketio_packet>, connection: UInt64) {
        _ = Self.withAttachments(packet) { attachments in
            self.session.acknowledge(
                UnsafeRawBufferPointer(packet.pointee.name_space), connection: connection,
                id: UnsafeRawBufferPointer(packet.pointee.id),
                packet: UnsafeMutableRawBufferPointer(start: packet.pointee.data, count: packet.pointee.length),
                headroom: packet.pointee.headroom, attachments: attachments, isUTF8: packet.pointee.is_text)
        }
    }

    @inline(__always)
    private static func withAttachments<Result>(
        _ packet: UnsafePointer<luahost_socketio_packet>,
        _ body: (UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Result
    ) -> Result {
        let count = packet.pointee.attachment_count
        guard count > 0 else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        let slices = UnsafeBufferPointer(start: packet.pointee.attachments, count: count)
        return slices.map { UnsafeRawBufferPointer($0) }.withUnsafeBufferPointer(body)
    }

    /// The script cannot read a payload, or (without one) the server does something else that ends the session.
    func illegal(_ problem: String, _ payload: luahost_slice) {
        guard payload.length > 0 else { return self.session.illegal(problem, nil) }
        self.session.illegal("an illegal event or ack (\(problem))", UnsafeRawBufferPointer(payload))
    }

    func join(_ name: String, _ payload: luahost_slice) -> luahost_socketio_result {
        let isAsked = self.session.join(name, payload.length == 0 ? nil : UnsafeRawBufferPointer(payload))
        guard !isAsked else { return LUAHOST_EMIT_SENT }
        var name = name
        return name.withUTF8 { name in
            let name = UnsafeRawBufferPointer(name)
            if self.session.connection(of: name) != nil { return LUAHOST_JOIN_CONNECTED }
            return self.session.status(of: name) == .connecting ? LUAHOST_EMIT_CONNECTING : LUAHOST_EMIT_DISCONNECTED
        }
    }

    func leave(_ name: String) -> luahost_socketio_result {
        self.session.leave(name) ? LUAHOST_EMIT_SENT : LUAHOST_EMIT_NEVER
    }

    func refusal(of namespace: luahost_slice) -> luahost_slice {
        self.lend(self.session.refusal(of: UnsafeRawBufferPointer(namespace)))
    }

    override func close(timeout: TimeAmount, abort: Bool) {
        if let measurement, self.host.isStopped { measurement.stop() }
        self.sender?._withUnsafeGuaranteedRef { _ = $0.disconnect(timeout: timeout, abort: abort) }
    }

    override func setReading(_ isOn: Bool) { self.session.setReading(isOn) }

    override var bufferedBytes: Int { self.session.bufferedBytes }

    override func notifyDrained() { self.session.notifyDrained() }

    override func ended() {
        self.isConnected = false
        super.ended()
    }

    // MARK: What C is lent

    /// Calls `body` with an event or an ack as C has it.
    @inline(__always)
    func withReceived(
        _ received: SocketIOReceived, _ body: (UnsafePointer<luahost_socketio_received>) -> Void
    ) {
        var out = luahost_socketio_received()
        out.name_space = luahost_slice(received.namespace)
        out.id = luahost_slice(received.id)
        out.payload = luahost_slice(received.payload)
        out.connection = received.connection
        if received.attachments.isEmpty { return body(&out) }
        Self.withAttachments(received.attachments, &out, body)
    }

    /// Apart, so that the code of most events, which have none, is short.
    @inline(never)
    private static func withAttachments(
        _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ out: inout luahost_socketio_received,
        _ body: (UnsafePointer<luahost_socketio_received>) -> Void
    ) {
        attachments.map { luahost_slice($0) }.withUnsafeBufferPointer {
            out.attachments = $0.baseAddress
            out.attachment_count = $0.count
            body(&out)
        }
    }
}

extension luahost_slice {
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(data: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), length: bytes.count)
    }
}
