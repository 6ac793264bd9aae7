import CLuaHost
import EngineIO
import EngineIOClient
import SocketIO
import SocketIOClient

/// The functions that C calls for Socket.IO clients; see ``HostCallbacks``.
extension HostCallbacks {
    static func addSocketIO(to table: inout luahost_callbacks) {
        table.socketio_create = { context, client, options, own in
            guard let client, let options, let own else { return nil }
            let made = HostCallbacks.host(context).makeSocketIOClient(client, options.pointee, own.pointee)
            return Unmanaged<ScriptClient>.passUnretained(made).toOpaque()
        }
        table.socketio_connect = { context, options, _ in
            guard let options else { return 1 }
            return HostCallbacks.socketIO(context).connect(options.pointee)
        }
        table.socketio_is_ending = { context in HostCallbacks.socketIO(context).isEnding }
        table.socketio_open = { context, options, error in
            guard let options, let error else { return 1 }
            return HostCallbacks.socketIO(context).open(options.pointee, error)
        }
        table.socketio_authenticate = { context, payload in HostCallbacks.socketIO(context).authenticate(payload) }
        table.socketio_attempt_failed = { context, message, byHandler in
            HostCallbacks.socketIO(context).reject(String(message), byHandler: byHandler)
        }
        table.socketio_emit = { context, packet, wantsAck, id in
            guard let packet else { return LUAHOST_EMIT_DISCONNECTED }
            // Without a retain: the hottest of these steps, and C releases no client in the middle of it.
            let result = Unmanaged<SocketIOBinding>.fromOpaque(context!)._withUnsafeGuaranteedRef {
                $0.emit(packet, wantsAck: wantsAck)
            }
            switch result {
            case .sent(let ackID):
                id?.pointee = ackID
                return LUAHOST_EMIT_SENT
            case .full(let ackID):
                id?.pointee = ackID
                return LUAHOST_EMIT_SENT_FULL
            case .refused: return LUAHOST_EMIT_FULL
            case .invalidText: return LUAHOST_EMIT_TEXT
            case .notConnected(let status): return status.code
            }
        }
        table.socketio_acknowledge = { context, packet, connection in
            guard let packet else { return }
            HostCallbacks.socketIO(context).acknowledge(packet, connection: connection)
        }
        table.socketio_illegal = { context, message, payload in
            HostCallbacks.socketIO(context).illegal(String(message), payload)
        }
        table.socketio_join = { context, name, payload in HostCallbacks.socketIO(context).join(String(name), payload) }
        table.socketio_leave = { context, name in HostCallbacks.socketIO(context).leave(String(name)) }
        table.socketio_refusal = { context, name in HostCallbacks.socketIO(context).refusal(of: name) }
    }

    /// Functions for measurements, which only load tests have.
    static func addSocketIOMeasurement(to table: inout luahost_callbacks) {
        table.socketio_event_received = { context, event in
            HostCallbacks.socketIO(context).measurement?.received(UnsafeRawBufferPointer(event))
        }
        table.socketio_ack_timed_out = { context, namespace, id in
            HostCallbacks.socketIO(context).ackTimedOut(namespace, id)
        }
    }

    @inline(__always)
    fileprivate static func socketIO(_ context: UnsafeMutableRawPointer?) -> SocketIOBinding {
        Unmanaged<SocketIOBinding>.fromOpaque(context!).takeUnretainedValue()
    }
}

extension NamespaceStatus {
    /// The result of an emit to a namespace that is not connected.
    var code: luahost_socketio_result {
        switch self {
        case .unknown: LUAHOST_EMIT_NEVER
        case .connecting: LUAHOST_EMIT_CONNECTING
        case .refused: LUAHOST_EMIT_REFUSED
        case .left: LUAHOST_EMIT_LEFT
        case .disconnected: LUAHOST_EMIT_DISCONNECTED
        case .reconnecting: LUAHOST_EMIT_RECONNECTING
        }
    }
}
