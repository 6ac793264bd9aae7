import CLuaHost
import EngineIO
import EngineIOClient
import Logging
import NIOCore

/// Joins one client object of a script to the session that it has.
final class ClientBinding: SessionDelegate {
    private let handle: OpaquePointer
    private unowned let host: ScriptHost
    let configuration: ClientConfiguration
    private let cookies = CookieStore()
    private let logger: Logger
    /// A test may replace it by one whose transport it plays.
    var session: ClientSession? {
        didSet { self.sender = self.session.map { Unmanaged.passUnretained($0) } }
    }
    /// ``session`` for the one call that each message makes: without a retain.
    private var sender: Unmanaged<ClientSession>?
    /// The strings of the error that was last handed to C.
    private var errorArena: SliceArena?
    private var isReleased = false
    private var didWarnOfPath = false
    private var onClosed: (() -> Void)?

    /// How long `disconnect` may take to write what is queued, unless the script says otherwise.
    private static let defaultFlush = TimeAmount.seconds(30)

    init(handle: OpaquePointer, host: ScriptHost, options: luahost_client_options) {
        self.handle = handle
        self.host = host
        var configuration = ClientConfiguration(options)
        configuration.localAddress = host.clientDefaults.localAddress
        self.configuration = configuration
        var logger = host.logger
        switch options.logger {
        case LUAHOST_LOG_INFO: logger.logLevel = min(logger.logLevel, .info)
        case LUAHOST_LOG_DEBUG: logger.logLevel = min(logger.logLevel, .debug)
        default: break
        }
        self.logger = logger
    }

    var isOpen: Bool { self.session != nil }

    func release() {
        self.isReleased = true
        self.session?.close(timeout: .seconds(2), abort: true)
        self.session = nil
        self.host.release(self)
    }

    // MARK: Requests of the script

    func connect(_ options: luahost_connect_options, _ out: UnsafeMutablePointer<luahost_error>) -> Int32 {
        do {
            let options = try self.connectOptions(options)
            self.warnOfPath(of: options)
            let observer = SessionObserver(
                logger: self.logger, trace: self.host.clientDefaults.trace, meter: self.host.meter,
                loop: self.host.loop)
            let session = ClientSession(
                loop: self.host.loop, options: options, configuration: self.configuration, cookies: self.cookies,
                observer: observer, delegate: self)
            self.session = session
            session.connect()
            return 0
        } catch {
            let arena = SliceArena()
            self.errorArena = arena
            var failure = luahost_error()
            failure.type = arena.slice("ValueError")
            failure.message = arena.slice(error.description)
            failure.code = -1
            out.pointee = failure
            return 1
        }
    }

    private func connectOptions(_ options: luahost_connect_options) throws(ServerURLError) -> ConnectOptions {
        var result = ConnectOptions(url: try ServerURL(String(options.url)))
        result.engineIOPath = String(options.engineio_path)
        result.triesAllTransports = options.try_all_transports
        let order = options.transports.order
        result.transports = [order.0, order.1, order.2].compactMap(Transport.init(code:))
        for pair in UnsafeBufferPointer(start: options.headers.items, count: options.headers.count) {
            let name = String(pair.name)
            if RequestHeaders.isReserved(name) {
                throw ServerURLError(message: "the header \"\(name)\" is set by the client itself")
            }
            result.headers.append((name, String(pair.value)))
        }
        return result
    }

    /// As in python the path of the url is not used, although a user who writes one expects that it is.
    private func warnOfPath(of options: ConnectOptions) {
        let path = ServerURL.normalized(options.url.path)
        guard !self.didWarnOfPath, path != "/", path != ServerURL.normalized(options.engineIOPath),
            let shown = RefusalText.line(options.url.path)
        else { return }
        self.didWarnOfPath = true
        let name = RefusalText.line(String(path.dropFirst().dropLast())) ?? ""
        self.logger.warning(
            "the path \(shown) of the url is not used: write engineio_path = \"\(name)\" in the options of connect()")
    }

    @inline(__always)
    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        guard let sender = self.sender else { return .notConnected }
        // Nothing that this calls lets go of the session: what it causes happens later.
        return sender._withUnsafeGuaranteedRef { $0.send(kind, bytes, mayWait: mayWait) }
    }

    func disconnect(timeout: Double, abort: Bool) {
        self.session?.close(
            timeout: timeout < 0 ? Self.defaultFlush : .seconds(fromScript: timeout), abort: abort)
    }

    func setReading(_ isOn: Bool) { self.session?.setReading(isOn) }

    var bufferedBytes: Int { self.session?.bufferedBytes ?? 0 }

    func notifyDrained() { self.session?.notifyDrained() }

    /// Closes without an event for the script, which does not run any more.
    func closeSilently(timeout: TimeAmount, completion: @escaping () -> Void) {
        self.isReleased = true
        self.onClosed = completion
        self.session?.close(timeout: timeout, abort: false)
    }

    private func ended() {
        self.session = nil
        let completion = self.onClosed
        self.onClosed = nil
        completion?()
    }

    // MARK: Events of the session

    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        guard !self.isReleased else { return }
        let arena = SliceArena()
        let upgrades = handshake.upgrades.map { arena.slice($0) }
        var message = luahost_slice()
        let outcome = upgrades.withUnsafeBufferPointer { upgrades in
            var info = luahost_session_info()
            info.sid = arena.slice(handshake.sid)
            info.base_url = arena.slice(address)
            info.upgrades = upgrades.baseAddress
            info.upgrade_count = upgrades.count
            info.ping_interval = Double(handshake.pingInterval) / 1000
            info.ping_timeout = Double(handshake.pingTimeout) / 1000
            info.transport = transport.code
            return luahost_client_opened(self.handle, &info, &message)
        }
        guard outcome == LUAHOST_HANDLER_RAISED else { return }
        let text = String(message)
        self.session?.reject()
        self.sessionFailed(ConnectionError(.open, "Connect handler failed: \(text)"))
    }

    func sessionUpgraded() {
        guard !self.isReleased else { return }
        luahost_client_upgraded(self.handle)
    }

    func sessionConnected() {
        guard !self.isReleased else { return }
        luahost_client_connected(self.handle)
    }

    func sessionFailed(_ error: ConnectionError) {
        self.ended()
        guard !self.isReleased else { return }
        let arena = SliceArena()
        var failure = luahost_error()
        failure.type = arena.slice("ConnectionError")
        failure.message = arena.slice(error.description)
        failure.phase = arena.slice(error.phase.rawValue)
        failure.cause = arena.slice(error.cause)
        failure.body = arena.slice(error.body)
        failure.retry_after = arena.slice(error.retryAfter)
        failure.status = Int32(error.status ?? 0)
        failure.code = Int32(clamping: error.code ?? -1)
        failure.is_measured = error.isMeasured
        luahost_client_connect_failed(self.handle, &failure)
    }

    @inline(__always)
    func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        guard !self.isReleased else { return }
        luahost_client_message(
            self.handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, kind == .binary)
    }

    func sessionDrained() {
        guard !self.isReleased else { return }
        luahost_client_drained(self.handle)
    }

    func sessionWritable() {
        guard !self.isReleased else { return }
        luahost_client_writable(self.handle)
    }

    func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int) {
        self.ended()
        guard !self.isReleased else { return }
        let arena = SliceArena()
        var out = luahost_detail()
        out.cause = arena.slice(detail.cause.rawValue)
        out.message = arena.slice(detail.message)
        out.transport = arena.slice(detail.transport?.rawValue)
        out.ws_reason = arena.slice(detail.webSocketReason)
        out.status = Int32(detail.status ?? 0)
        out.code = Int32(clamping: detail.code ?? -1)
        out.ws_code = Int32(detail.webSocketCode ?? 0)
        out.since_last_ping = detail.sinceLastPing ?? -1
        luahost_client_closed(self.handle, reason.code, &out, unwritten)
    }
}

extension ClientConfiguration {
    /// The options that a script gave its client.
    init(_ options: luahost_client_options) {
        self.init()
        self.verifiesCertificates = options.ssl_verify
        self.authoritiesFile = options.ca_file.length > 0 ? String(options.ca_file) : nil
        self.requestTimeout = .seconds(fromScript: options.request_timeout)
        self.connectTimeout = .seconds(fromScript: options.connect_timeout)
        self.timestampsRequests = options.timestamp_requests
        self.maximumMessageSize = Int(min(options.max_message_size, 1e15))
        self.maximumBuffered = Int(min(options.max_buffered, 1e15))
    }
}

extension DisconnectReason {
    /// The number of this reason in C.
    var code: luahost_disconnect_reason {
        switch self {
        case .clientDisconnect: LUAHOST_CLIENT_DISCONNECT
        case .serverDisconnect: LUAHOST_SERVER_DISCONNECT
        default: LUAHOST_TRANSPORT_ERROR
        }
    }
}

extension TimeAmount {
    /// Seconds as a script writes them; what is longer than a year is a year.
    static func seconds(fromScript seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(min(max(seconds, 0), 31_536_000) * 1e9))
    }
}
