import EngineIO
import EngineIOClient
import EpollLoop
import Logging
import NIOCore
import SocketIO

/// The loop's side of ``SocketIOClient``: one client, and those who wait for it.
final class SocketIOClientCore {
    /// An event that waits for the server's answer.
    struct Call: Hashable {
        var namespace: String
        var id: UInt64
    }

    private let settings: ClientSettings
    private let configuration: SocketIOConfiguration
    let logger: Logger
    private lazy var session = SocketIOSession(
        self.settings, configuration: self.configuration, logger: self.logger, delegate: self)
    private(set) var options: SocketIOConnectOptions?
    /// Counts the requests for the payload of CONNECT: an answer must not reach another one.
    private var authRequests = 0
    private var connecting: EventLoopPromise<Void>?
    private var joining: [String: EventLoopPromise<Void>] = [:]
    private var disconnecting: [EventLoopPromise<Int>] = []
    private var senders: [EventLoopPromise<Void>] = []
    private var calls: [Call: (promise: EventLoopPromise<[SocketIOValue]>, timeout: Scheduled<Void>)] = [:]
    private var sids: [String: String] = [:]
    /// The events since the reader of the sequence fell behind; 0 if it keeps up.
    private var unread = 0
    var events: SocketIOClientEvents.Producer.Source?

    /// So many events are kept for a reader that is behind, while calls wait for answers that come after them.
    private static let mostUnread = 100_000

    init(configuration: SocketIOConfiguration, eventLoop: any EventLoop, logger: Logger) {
        self.settings = ClientSettings(
            loop: ClientLoop(eventLoop: eventLoop), configuration: configuration.engine)
        self.configuration = configuration
        self.logger = logger
    }

    var loop: ClientLoop { self.settings.loop }
    private var eventLoop: any EventLoop { self.loop.eventLoop }

    // MARK: Calls of the program

    func connect(_ options: SocketIOConnectOptions) -> EventLoopFuture<Void> {
        var request = SocketIOSession.Request(namespaces: options.namespaces)
        request.waitsForNamespaces = options.waitsForNamespaces
        request.waitTimeout = options.waitTimeout
        request.retries = options.retriesFirstAttempt
        guard self.session.connect(request) else {
            return self.eventLoop.makeFailedFuture(SocketIOClientError.alreadyConnected)
        }
        self.options = options
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.connecting = promise
        return promise.futureResult
    }

    func abandonConnect() {
        guard self.connecting != nil else { return }
        self.session.disconnect(timeout: .seconds(2), abort: true)
    }

    func join(
        _ namespace: String, _ payload: [UInt8]?, _ cancellation: NIOLoopBoundBox<TaskCancellation>
    ) -> EventLoopFuture<Void> {
        let isJoining =
            payload.map { $0.withUnsafeBytes { self.session.join(namespace, $0) } } ?? self.session.join(namespace, nil)
        guard isJoining else {
            let isConnected = self.sids[namespace] != nil || self.joining[namespace] != nil
            return self.eventLoop.makeFailedFuture(
                isConnected ? SocketIOClientError.alreadyConnected : .notConnected(namespace, .disconnected))
        }
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.joining.updateValue(promise, forKey: namespace)?.fail(SocketIOClientError.notConnected)
        cancellation.value.waits {
            guard self.joining[namespace]?.futureResult === promise.futureResult else { return }
            self.joining[namespace] = nil
            _ = self.session.leave(namespace)
            promise.fail(CancellationError())
        }
        return promise.futureResult
    }

    func leave(_ namespace: String) -> EventLoopFuture<Void> {
        guard self.session.leave(namespace) else {
            return self.eventLoop.makeFailedFuture(SocketIOClientError.notConnected(namespace, .unknown))
        }
        self.joining.removeValue(forKey: namespace)?.fail(SocketIOClientError.notConnected)
        return self.eventLoop.makeSucceededVoidFuture()
    }

    func disconnect(timeout: TimeAmount, abort: Bool) -> EventLoopFuture<Int> {
        guard self.session.disconnect(timeout: timeout, abort: abort) else {
            return self.eventLoop.makeSucceededFuture(0)
        }
        let promise = self.eventLoop.makePromise(of: Int.self)
        self.disconnecting.append(promise)
        return promise.futureResult
    }

    func sid(in namespace: String) -> EventLoopFuture<String?> {
        self.eventLoop.makeSucceededFuture(self.sids[namespace])
    }

    /// The client object is gone.
    func close() {
        self.session.release()
        self.fail(nil, SocketIOClientError.notConnected)
        self.events?.finish()
    }

    // MARK: Packets of the program

    func emit(_ written: WrittenArguments, _ namespace: String) -> EventLoopFuture<Void> {
        switch self.send(written, namespace, wantsAck: false) {
        case .sent: return self.eventLoop.makeSucceededVoidFuture()
        case .full: return self.waitToSend()
        case .notConnected(let status):
            return self.eventLoop.makeFailedFuture(self.notConnected(namespace, status))
        case .refused, .invalidText:
            return self.eventLoop.makeFailedFuture(SocketIOClientError.notConnected)
        }
    }

    private func waitToSend() -> EventLoopFuture<Void> {
        let promise = self.eventLoop.makePromise(of: Void.self)
        self.senders.append(promise)
        return promise.futureResult
    }

    func call(
        _ written: WrittenArguments, _ namespace: String, timeout: TimeAmount,
        _ cancellation: NIOLoopBoundBox<TaskCancellation>
    ) -> EventLoopFuture<[SocketIOValue]> {
        switch self.send(written, namespace, wantsAck: true) {
        case .sent(let id), .full(let id):
            let promise = self.eventLoop.makePromise(of: [SocketIOValue].self)
            let call = Call(namespace: namespace, id: id)
            let timer = self.eventLoop.assumeIsolated().scheduleTask(in: timeout) { () -> Void in
                self.end(call)?.fail(SocketIOClientError.timeout)
            }
            self.calls[call] = (promise, timer)
            cancellation.value.waits { self.end(call)?.fail(CancellationError()) }
            self.updateReading()
            return promise.futureResult
        case .notConnected(let status):
            return self.eventLoop.makeFailedFuture(self.notConnected(namespace, status))
        case .refused, .invalidText:
            return self.eventLoop.makeFailedFuture(SocketIOClientError.notConnected)
        }
    }

    private func notConnected(_ namespace: String, _ status: NamespaceStatus) -> SocketIOClientError {
        var name = namespace
        let refusal = name.withUTF8 { self.session.refusal(of: UnsafeRawBufferPointer($0)) }
        return .notConnected(namespace, status, refusal: refusal)
    }

    private func end(_ call: Call) -> EventLoopPromise<[SocketIOValue]>? {
        guard let (promise, timer) = self.calls.removeValue(forKey: call) else { return nil }
        timer.cancel()
        self.updateReading()
        return promise
    }

    func acknowledge(_ event: SocketIOEvent, _ written: WrittenArguments) -> EventLoopFuture<Void> {
        guard let answer = event.answer, answer.give() else { return self.eventLoop.makeSucceededVoidFuture() }
        var (written, name) = (written, event.namespace)
        let result = name.withUTF8 { name in
            answer.id.withUnsafeBytes { id in
                written.withParts { packet, attachments in
                    self.session.acknowledge(
                        UnsafeRawBufferPointer(name), connection: answer.connection, id: id, packet: packet,
                        headroom: SocketIOHeader.longest + name.count, attachments: attachments)
                }
            }
        }
        if case .full = result { return self.waitToSend() }
        return self.eventLoop.makeSucceededVoidFuture()
    }

    private func send(_ written: WrittenArguments, _ namespace: String, wantsAck: Bool) -> SocketIOSendResult {
        var (written, name) = (written, namespace)
        return name.withUTF8 { name in
            written.withParts { packet, attachments in
                self.session.emit(
                    UnsafeRawBufferPointer(name), wantsAck: wantsAck, packet: packet,
                    headroom: SocketIOHeader.longest + name.count, attachments: attachments, mayWait: true)
            }
        }
    }

    // MARK: The reader of the events

    func report(_ event: SocketIOClientEvent) {
        guard case .stopProducing? = self.events?.yield(event) else { return }
        self.unread += 1
        if self.unread == 1 || self.unread == Self.mostUnread { self.updateReading() }
    }

    func readerCaughtUp() {
        self.unread = 0
        self.updateReading()
    }

    /// The answer that the reader waits for in the middle of its events may come after others: so reading goes on.
    private func updateReading() {
        self.session.setReading(self.unread == 0 || !self.calls.isEmpty && self.unread < Self.mostUnread)
    }

    // MARK: Those who wait

    func acknowledged(_ call: Call, _ values: [SocketIOValue]) { self.end(call)?.succeed(values) }

    func connected(_ namespace: String, _ sid: String) {
        self.sids[namespace] = sid
        self.joining.removeValue(forKey: namespace)?.succeed(())
    }

    func refused(_ namespace: String, _ error: SocketIOConnectError) {
        self.joining.removeValue(forKey: namespace)?.fail(error)
    }

    func ready() {
        self.connecting?.succeed(())
        self.connecting = nil
    }

    func writable() {
        let senders = self.senders
        self.senders = []
        for sender in senders { sender.succeed(()) }
    }

    /// Fails the calls of one namespace.
    func disconnected(_ namespace: String) {
        self.sids[namespace] = nil
        self.fail(namespace, SocketIOClientError.notConnected)
    }

    /// Connecting has failed for good.
    func failed(_ error: SocketIOConnectError) {
        self.connecting?.fail(error)
        self.connecting = nil
    }

    /// The session has ended for good, unless `willReconnect`.
    func ended(unwritten: Int, willReconnect: Bool) {
        let senders = self.senders
        self.senders = []
        for sender in senders { sender.fail(SocketIOClientError.notConnected) }
        guard !willReconnect else { return }
        self.fail(nil, SocketIOClientError.notConnected)
        let disconnecting = self.disconnecting
        self.disconnecting = []
        for promise in disconnecting { promise.succeed(unwritten) }
    }

    /// - Parameter namespace: nil for all.
    private func fail(_ namespace: String?, _ error: SocketIOClientError) {
        for call in self.calls.keys where namespace == nil || call.namespace == namespace {
            self.end(call)?.fail(error)
        }
        for (name, promise) in self.joining where namespace == nil || name == namespace {
            self.joining[name] = nil
            promise.fail(error)
        }
    }

    // MARK: Attempts

    func open() {
        guard let options else { return }
        self.session.open(
            options.engine,
            observer: SessionObserver(logger: self.logger, explainer: SocketIOExplainer(.json), loop: self.loop))
    }

    /// Answers a request for the payload of CONNECT.
    func authenticate() {
        self.authRequests += 1
        guard let makeAuth = self.options?.makeAuth else {
            return self.authenticate(.success(self.options?.auth))
        }
        let request = self.authRequests
        let core = NIOLoopBound(self, eventLoop: self.eventLoop)
        let eventLoop = self.eventLoop
        Task {
            let auth: Result<SocketIOValue?, any Error>
            do {
                auth = .success(try await makeAuth())
            } catch {
                auth = .failure(error)
            }
            eventLoop.execute {
                guard core.value.authRequests == request else { return }
                core.value.authenticate(auth)
            }
        }
    }

    private func authenticate(_ auth: Result<SocketIOValue?, any Error>) {
        do {
            guard let payload = try auth.get().map({ try SocketIOClient.payload($0) }) else {
                return self.session.authenticate(nil)
            }
            payload.withUnsafeBytes { self.session.authenticate($0) }
        } catch {
            self.session.reject(SocketIOConnectError(ConnectionError(.namespace, "auth failed", cause: "\(error)")))
        }
    }

    func illegal(_ problem: SocketIOPacketError, _ received: SocketIOReceived) {
        self.session.illegal(problem.description, received)
    }
}
