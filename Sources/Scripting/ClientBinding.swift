import CLuaHost
import EngineIO
import EngineIOClient
import Logging
import NIOCore

/// Joins one Engine.IO client of a script to the session that it has.
final class ClientBinding: ScriptClient, SessionDelegate {
    /// A test may replace it by one whose transport it plays.
    var session: ClientSession? {
        didSet { self.sender = self.session.map { Unmanaged.passUnretained($0) } }
    }
    /// ``session`` for the one call that each message makes: without a retain.
    private var sender: Unmanaged<ClientSession>?

    private var didWarnOfSocketIO = false

    override var isOpen: Bool { self.session != nil }

    override func release() {
        super.release()
        self.session = nil
    }

    // MARK: Requests of the script

    func connect(_ options: luahost_connect_options, _ out: UnsafeMutablePointer<luahost_error>) -> Int32 {
        do {
            let options = try self.connectOptions(options)
            self.warnOfPath(of: options, option: "engineio_path")
            self.warnOfSocketIO(at: options.engineIOPath)
            let session = ClientSession(
                self.settings, options: options, observer: self.makeObserver(), delegate: self)
            self.session = session
            session.connect()
            return 0
        } catch {
            return self.refuse(error, out)
        }
    }

    /// Engine.IO alone is rarely the aim of a script that connects to the path of Socket.IO.
    private func warnOfSocketIO(at path: String) {
        guard !self.didWarnOfSocketIO, ServerURL.normalized(path).hasSuffix("/socket.io/") else { return }
        self.didWarnOfSocketIO = true
        self.logger.warning(
            "socket.io is the path of Socket.IO servers: require \"socketio\" is the client for their events")
    }

    @inline(__always)
    func send(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer, mayWait: Bool) -> SendResult {
        guard let sender = self.sender else { return .notConnected }
        // Nothing that this calls lets go of the session: what it causes happens later.
        return sender._withUnsafeGuaranteedRef { $0.send(kind, bytes, mayWait: mayWait) }
    }

    override func close(timeout: TimeAmount, abort: Bool) { self.session?.close(timeout: timeout, abort: abort) }

    override func setReading(_ isOn: Bool) { self.session?.setReading(isOn) }

    override var bufferedBytes: Int { self.session?.bufferedBytes ?? 0 }

    override func notifyDrained() { self.session?.notifyDrained() }

    override func ended() {
        self.session = nil
        super.ended()
    }

    // MARK: Events of the session

    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        guard !self.isReleased else { return }
        var message = luahost_slice()
        let outcome = self.withInfo(handshake, transport, address) { info in
            luahost_client_opened(self.handle, &info, &message)
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
        var failure = luahost_error(error, arena)
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
        var out = luahost_detail(detail, arena)
        luahost_client_closed(self.handle, reason.code, &out, unwritten)
    }
}
