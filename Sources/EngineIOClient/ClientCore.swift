import EngineIO
import EpollLoop
import Logging
import NIOCore

/// The loop's side of ``EngineIOClient``: one client, its session, and those who wait for either.
final class ClientCore: SessionDelegate {
    private let settings: ClientSettings
    private let logger: Logger
    private var session: ClientSession?
    private var connecting: EventLoopPromise<Void>?
    private var disconnecting: [EventLoopPromise<Int>] = []
    private var senders: [EventLoopPromise<Void>] = []
    private(set) var handshake: Handshake?
    private(set) var transport: Transport?
    var events: ClientEvents.Producer.Source?

    init(configuration: ClientConfiguration, eventLoop: any EventLoop, logger: Logger) {
        self.settings = ClientSettings(loop: ClientLoop(eventLoop: eventLoop), configuration: configuration)
        self.logger = logger
    }

    private var loop: ClientLoop { self.settings.loop }

    func ready<Value: Sendable>(_ value: Value) -> EventLoopFuture<Value> {
        self.loop.eventLoop.makeSucceededFuture(value)
    }

    func connect(_ options: ConnectOptions) -> EventLoopFuture<Void> {
        guard self.session == nil else { return self.loop.eventLoop.makeFailedFuture(ClientError.alreadyConnected) }
        let promise = self.loop.eventLoop.makePromise(of: Void.self)
        self.connecting = promise
        let session = ClientSession(
            self.settings, options: options, observer: SessionObserver(logger: self.logger, loop: self.loop),
            delegate: self)
        self.session = session
        session.connect()
        return promise.futureResult
    }

    func abandonConnect() {
        guard self.connecting != nil else { return }
        self.session?.close(timeout: .seconds(2), abort: true)
    }

    func send(_ message: Message) -> EventLoopFuture<Void> {
        let result: SendResult
        switch message {
        case .text(var text):
            result = text.withUTF8 { self.session?.send(.text, UnsafeRawBufferPointer($0)) ?? .notConnected }
        case .binary(let bytes):
            result = bytes.withUnsafeReadableBytes { self.session?.send(.binary, $0) ?? .notConnected }
        }
        switch result {
        case .sent:
            return self.loop.eventLoop.makeSucceededVoidFuture()
        case .full:
            let promise = self.loop.eventLoop.makePromise(of: Void.self)
            self.senders.append(promise)
            return promise.futureResult
        case .separator:
            return self.loop.eventLoop.makeFailedFuture(ClientError.separatorInText)
        case .notConnected, .refused, .invalidUTF8:
            return self.loop.eventLoop.makeFailedFuture(ClientError.notConnected)
        }
    }

    func disconnect(timeout: TimeAmount, abort: Bool) -> EventLoopFuture<Int> {
        guard let session = self.session else { return self.ready(0) }
        let promise = self.loop.eventLoop.makePromise(of: Int.self)
        self.disconnecting.append(promise)
        session.close(timeout: timeout, abort: abort)
        return promise.futureResult
    }

    func setReading(_ isOn: Bool) { self.session?.setReading(isOn) }

    /// The client object is gone.
    func close() {
        self.session?.close(timeout: .seconds(2), abort: true)
        self.events?.finish()
    }

    private func emit(_ event: ClientEvent) {
        if case .stopProducing? = self.events?.yield(event) { self.setReading(false) }
    }

    private func ended(unwritten: Int) {
        self.session = nil
        self.handshake = nil
        self.transport = nil
        let senders = self.senders
        self.senders = []
        for sender in senders { sender.fail(ClientError.notConnected) }
        let disconnecting = self.disconnecting
        self.disconnecting = []
        for promise in disconnecting { promise.succeed(unwritten) }
    }

    // MARK: SessionDelegate

    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String) {
        self.handshake = handshake
        self.transport = transport
        self.emit(.connected(handshake))
    }

    func sessionUpgraded() { self.transport = .websocket }

    func sessionConnected() {
        self.connecting?.succeed(())
        self.connecting = nil
    }

    func sessionFailed(_ error: ConnectionError) {
        let connecting = self.connecting
        self.connecting = nil
        self.ended(unwritten: 0)
        connecting?.fail(error)
    }

    func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case .text: self.emit(.message(.text(String(decoding: bytes, as: UTF8.self))))
        case .binary: self.emit(.message(.binary(ByteBuffer(bytes: bytes))))
        }
    }

    /// Nothing here asks for it.
    func sessionDrained() {}

    func sessionWritable() {
        let senders = self.senders
        self.senders = []
        for sender in senders { sender.succeed(()) }
    }

    func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int) {
        let connecting = self.connecting
        self.connecting = nil
        self.ended(unwritten: unwritten)
        self.emit(.disconnected(reason, detail))
        // The program itself may end the session while the upgrade goes on: it gets what it asked for.
        if reason == .clientDisconnect {
            connecting?.succeed(())
        } else {
            connecting?.fail(ConnectionError(.probe, "the session ended while connecting", cause: detail.message))
        }
    }
}
