import CLuaHost
import EngineIO
import EngineIOClient
import NIOCore
import SocketIO
import SocketIOClient

/// Values of sessions as C has them, and options as C gives them.

extension ScriptClient {
    /// Calls `body` with what the handshake has brought.
    func withInfo<Result>(
        _ handshake: Handshake, _ transport: Transport, _ address: String,
        _ body: (inout luahost_session_info) -> Result
    ) -> Result {
        let arena = SliceArena()
        let upgrades = handshake.upgrades.map { arena.slice($0) }
        return upgrades.withUnsafeBufferPointer { upgrades in
            var info = luahost_session_info()
            info.sid = arena.slice(handshake.sid)
            info.base_url = arena.slice(address)
            info.upgrades = upgrades.baseAddress
            info.upgrade_count = upgrades.count
            info.ping_interval = Double(handshake.pingInterval) / 1000
            info.ping_timeout = Double(handshake.pingTimeout) / 1000
            info.transport = transport.code
            return body(&info)
        }
    }
}

extension luahost_error {
    init(_ error: ConnectionError, _ arena: SliceArena) {
        self.init()
        self.type = arena.slice("ConnectionError")
        self.message = arena.slice(error.description)
        self.phase = arena.slice(error.phase.rawValue)
        self.cause = arena.slice(error.cause)
        self.body = arena.slice(error.body)
        self.retry_after = arena.slice(error.retryAfter)
        self.status = Int32(error.status ?? 0)
        self.code = Int32(clamping: error.code ?? -1)
        self.is_measured = error.isMeasured
    }
}

extension luahost_detail {
    init(_ detail: DisconnectDetail, _ arena: SliceArena) {
        self.init()
        self.cause = arena.slice(detail.cause.rawValue)
        self.message = arena.slice(detail.message)
        self.transport = arena.slice(detail.transport?.rawValue)
        self.ws_reason = arena.slice(detail.webSocketReason)
        self.status = Int32(detail.status ?? 0)
        self.code = Int32(clamping: detail.code ?? -1)
        self.ws_code = Int32(detail.webSocketCode ?? 0)
        self.since_last_ping = detail.sinceLastPing ?? -1
    }
}

extension ClientConfiguration {
    /// The options that a script gave its client.
    init(_ options: luahost_client_options) {
        self.init()
        self.verifiesCertificates = options.ssl_verify
        self.authoritiesFile = options.ca_file.length > 0 ? String(options.ca_file) : nil
        self.authoritiesOption = "ca_file"
        self.requestTimeout = .seconds(fromScript: options.request_timeout)
        self.connectTimeout = .seconds(fromScript: options.connect_timeout)
        self.timestampsRequests = options.timestamp_requests
        self.maximumMessageSize = Int(min(options.max_message_size, 1e15))
        self.maximumBuffered = Int(min(options.max_buffered, 1e15))
    }
}

extension SocketIOConfiguration {
    /// The options that a script gave its client, besides those of Engine.IO.
    init(_ options: luahost_socketio_options) {
        self.init()
        self.reconnection.isEnabled = options.reconnection
        self.reconnection.attempts = Int(min(options.reconnection_attempts, 1e15))
        self.reconnection.delay = options.reconnection_delay
        self.reconnection.delayMaximum = options.reconnection_delay_max
        self.reconnection.randomizationFactor = min(options.randomization_factor, 1)
        self.maximumAttachments = Int(min(options.max_attachments, 100_000))
        self.recoversConnectionState = options.recovery
        self.serializer = options.serializer == LUAHOST_SERIALIZER_MSGPACK ? .messagePack : .json
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
