import CLuaHost
import EngineIO
import EngineIOClient

/// The functions that the C side calls, each a thin step to the ``ScriptHost`` or ``ScriptClient`` behind the pointer.
///
/// None throws and none calls Lua: what they cause happens later on the loop (the first of the two hard rules of
/// memory safety, see docs/design.md).
enum HostCallbacks {
    static let table: luahost_callbacks = {
        var table = luahost_callbacks()
        table.wake = { context in host(context).wake() }
        table.wake_at = { context, deadline in host(context).wake(at: deadline) }
        table.log = { context, level, isByScript, text in
            host(context).log(level, String(text), isByScript: isByScript)
        }
        table.report = { context, report in
            guard let report = report?.pointee, !report.handled else { return }
            host(context).report(UncaughtError(report))
        }
        table.disconnected = { context in host(context).disconnected() }
        table.exit = { context, status in host(context).exit(status) }
        table.read_stdin = { context in host(context).readStandardInput() }
        table.take_stdin = { context in host(context).takeStandardInput() }
        table.give_stdin = { context in host(context).giveStandardInput() }
        table.statement_ended = { context in host(context).statementEnded() }
        table.line_read = { context, line in host(context).lineRead(line.map { String($0.pointee) }) }
        table.finished = { context in host(context).finished() }
        table.client_create = { context, client, options in
            guard let client, let options else { return nil }
            return Unmanaged<ScriptClient>.passUnretained(host(context).makeClient(client, options.pointee)).toOpaque()
        }
        table.client_release = { context in client(context).release() }
        table.client_connect = { context, options, error in
            guard let options, let error else { return 1 }
            return Unmanaged<ClientBinding>.fromOpaque(context!).takeUnretainedValue().connect(options.pointee, error)
        }
        table.client_send = { context, data, length, isBinary, mayWait, offset in
            let bytes = UnsafeRawBufferPointer(start: data, count: length)
            // Without a retain: the hottest of these steps, and C releases no client in the middle of it.
            let result = Unmanaged<ClientBinding>.fromOpaque(context!)._withUnsafeGuaranteedRef {
                $0.send(isBinary ? .binary : .text, bytes, mayWait: mayWait)
            }
            switch result {
            case .sent: return LUAHOST_SENT
            case .full: return LUAHOST_SENT_FULL
            case .notConnected: return LUAHOST_NOT_CONNECTED
            case .refused: return LUAHOST_FULL
            case .invalidUTF8(let index):
                offset?.pointee = index
                return LUAHOST_INVALID_UTF8
            case .separator(let index):
                offset?.pointee = index
                return LUAHOST_SEPARATOR
            }
        }
        table.client_disconnect = { context, timeout, abort in
            client(context).disconnect(timeout: timeout, abort: abort)
        }
        table.client_pause = { context, isPaused in client(context).setReading(!isPaused) }
        table.client_buffered = { context in client(context).bufferedBytes }
        table.client_notify_drained = { context in client(context).notifyDrained() }
        HostCallbacks.addSocketIO(to: &table)
        HostCallbacks.addCalls(to: &table)
        return table
    }()

    /// For a script whose reads of undefined globals are to be reported.
    static let undefinedGlobal: @convention(c) (UnsafeMutableRawPointer?, luahost_slice, luahost_slice) -> Void = {
        context, name, place in
        host(context).onUndefinedGlobal?(String(name), String(place))
    }

    /// With those of the `loadtest` module. Without them, as in a plain bot, C drops its samples, and `abort` exits.
    static let loadTestTable: luahost_callbacks = {
        var table = HostCallbacks.table
        HostCallbacks.addLoadTest(to: &table)
        HostCallbacks.addSocketIOMeasurement(to: &table)
        return table
    }()

    @inline(__always)
    static func host(_ context: UnsafeMutableRawPointer?) -> ScriptHost {
        Unmanaged<ScriptHost>.fromOpaque(context!).takeUnretainedValue()
    }

    @inline(__always)
    private static func client(_ context: UnsafeMutableRawPointer?) -> ScriptClient {
        Unmanaged<ScriptClient>.fromOpaque(context!).takeUnretainedValue()
    }
}

extension UncaughtError {
    init(_ report: luahost_report) {
        self.init(
            part: report.kind == LUAHOST_IN_HANDLER ? .handler : report.kind == LUAHOST_IN_TASK ? .task : .iteration,
            isMeasured: report.is_measured, place: String(report.where), message: String(report.message),
            traceback: String(report.traceback))
    }
}
