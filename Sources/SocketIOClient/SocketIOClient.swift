import EngineIO
import EngineIOClient
import EpollLoop
import Logging
import NIOCore
import SocketIO

/// A client of Socket.IO 5: namespaces, events with acknowledgements and binary data, and reconnecting.
///
/// It is the client of python-socketio's asyncio documentation in Swift's idiom: ``connect(to:namespaces:auth:)``
/// returns when the namespaces are connected, ``emit(_:_:namespace:)`` waits while too much is unwritten,
/// ``call(_:_:namespace:timeout:)`` returns the server's answer, and what the server does arrives as ``events``.
///
///     let client = SocketIOClient()
///     try await client.connect(to: "http://localhost:5000")
///     let answer = try await client.call("sum", 1, 2)
///     for await case .event(let event) in client.events {
///         print(event.name, event.arguments)
///     }
public final class SocketIOClient: Sendable {
    /// Everything that happens to the client, in order. Only one task may iterate over it, and only once.
    ///
    /// Reading from the server pauses while 1024 events wait here, unless a call waits for its answer. Pings that are
    /// not read meanwhile do not count against the server.
    public let events: SocketIOClientEvents

    /// Where it lives; an error where the system had no event loop for it.
    private let place: Result<Place, ConnectionError>

    private struct Place {
        let core: NIOLoopBoundBox<SocketIOClientCore>
        let eventLoop: any EventLoop
    }

    /// - Parameters:
    ///   - configuration: reconnecting, timeouts, limits and TLS settings.
    ///   - eventLoopGroup: all work of the client is done on one of the group's loops. nil uses the library's own
    ///     loops, which need less time and memory for each client than SwiftNIO's.
    ///   - logger: packets of Engine.IO and connections are logged at `info`. nil logs nothing.
    public init(
        configuration: SocketIOConfiguration = SocketIOConfiguration(),
        eventLoopGroup: (any EventLoopGroup)? = nil,
        logger: Logger? = nil
    ) {
        let eventLoop: any EventLoop
        do {
            eventLoop = try (eventLoopGroup ?? EpollEventLoopGroup.shared()).next()
        } catch {
            self.place = .failure(ConnectionError(.tcp, "cannot start event loops", cause: ErrorText.of(error)))
            let (events, source) = Self.makeEvents {}
            source.finish()
            self.events = events
            return
        }
        let quiet = Logger(label: "socketio.client") { _ in SwiftLogNoOpLogHandler() }
        let core = SocketIOClientCore(configuration: configuration, eventLoop: eventLoop, logger: logger ?? quiet)
        let box = NIOLoopBoundBox.makeBoxSendingValue(core, eventLoop: eventLoop)
        let (events, source) = Self.makeEvents { eventLoop.execute { box.value.readerCaughtUp() } }
        self.place = .success(Place(core: box, eventLoop: eventLoop))
        self.events = events
        eventLoop.execute { box.value.events = source }
    }

    private static func makeEvents(
        produceMore: @escaping @Sendable () -> Void
    ) -> (SocketIOClientEvents, SocketIOClientEvents.Producer.Source) {
        let sequence = SocketIOClientEvents.Producer.makeSequence(
            elementType: SocketIOClientEvent.self,
            backPressureStrategy: SocketIOClientEvents.Strategy(lowWatermark: 512, highWatermark: 1024),
            finishOnDeinit: true, delegate: ClientEventsDelegate(produceMore: produceMore))
        return (SocketIOClientEvents(base: sequence.sequence), sequence.source)
    }

    deinit {
        guard case .success(let place) = self.place else { return }
        place.eventLoop.execute { place.core.value.close() }
    }

    // MARK: Connecting

    /// Connects with the default options.
    ///
    /// - Throws: the errors of ``connect(_:)``, and `ServerURLError` if the address is invalid.
    public func connect(
        to url: String, namespaces: [String] = ["/"], auth: SocketIOValue? = nil
    ) async throws {
        var options = SocketIOConnectOptions(url: try ServerURL(url))
        options.namespaces = namespaces
        options.auth = auth
        try await self.connect(options)
    }

    /// Connects to a server and to its namespaces. After a loss the client connects again, as its configuration has it.
    ///
    /// - Throws: ``SocketIOConnectError`` if a namespace could not be connected, and then nothing is connected;
    ///   ``SocketIOClientError/alreadyConnected``; ``SocketIOClientError/invalidName``; `CancellationError` if the task
    ///   is cancelled, and then nothing is connected.
    public func connect(_ options: SocketIOConnectOptions) async throws {
        for namespace in options.namespaces { try Self.check(namespace) }
        if let auth = options.auth { _ = try Self.payload(auth) }
        try await withTaskCancellationHandler {
            do {
                try await self.onLoop { core in core.connect(options) }
            } catch {
                try Task.checkCancellation()
                throw error
            }
            // It may have been cancelled when it was connected already.
            if Task.isCancelled { await self.disconnect(abort: true) }
            try Task.checkCancellation()
        } onCancel: {
            guard case .success(let place) = self.place else { return }
            place.eventLoop.execute { place.core.value.abandonConnect() }
        }
    }

    /// Connects another namespace of the same server, or one that was left; returns when it is connected.
    ///
    /// - Parameters:
    ///   - namespace: its name, which begins with a slash.
    ///   - auth: for this namespace alone, also when the client reconnects; nil sends an empty object.
    /// - Throws: ``SocketIOConnectError`` if the server refuses it, ``SocketIOClientError/notConnected`` if there is no
    ///   session, ``SocketIOClientError/alreadyConnected``, ``SocketIOClientError/invalidName``; `CancellationError` if
    ///   the task is cancelled, and then the namespace is left.
    public func join(_ namespace: String, auth: SocketIOValue? = nil) async throws {
        try Self.check(namespace)
        let payload = try auth.map { try Self.payload($0) }
        try await self.onLoopUntilCancelled { core, cancellation in core.join(namespace, payload, cancellation) }
    }

    /// Leaves a namespace. With the last one the client disconnects.
    ///
    /// - Throws: ``SocketIOClientError/notConnected``.
    public func leave(_ namespace: String) async throws {
        try await self.onLoop { core in core.leave(namespace) }
    }

    /// Leaves all namespaces, writes what was sent, and closes the connection. Stops reconnecting. Without a connection
    /// it does nothing.
    ///
    /// - Parameters:
    ///   - timeout: the most time that writing may take.
    ///   - abort: closes at once; what waits may be lost.
    /// - Returns: the number of messages that may not have been written.
    @discardableResult
    public func disconnect(timeout: TimeAmount = .seconds(30), abort: Bool = false) async -> Int {
        // The promise of a disconnect is never failed.
        (try? await self.onLoop { core in core.disconnect(timeout: timeout, abort: abort) }) ?? 0
    }

    /// The id of the client in a namespace, or nil if that is not connected.
    public func sid(in namespace: String = "/") async -> String? {
        try? await self.onLoop { core in core.sid(in: namespace) }
    }

    // MARK: Events

    /// Sends an event. Returns when it is taken, which is at once unless more than
    /// `ClientConfiguration.maximumBuffered` bytes wait to be written.
    ///
    ///     try await client.emit("draw", ["x": 1, "y": 2], .bytes(image))
    ///
    /// - Throws: ``SocketIOClientError/notConnected``, ``SocketIOClientError/invalidName`` if the name is reserved, or
    ///   `SocketIOValueError`.
    public func emit(_ event: String, _ arguments: SocketIOValue..., namespace: String = "/") async throws {
        let written = try Self.write(event, arguments, namespace)
        try await self.onLoop { core in core.emit(written, namespace) }
    }

    /// Sends an event, waits for the server's answer as long as `timeout`, and returns the answer's arguments.
    ///
    /// - Throws: the errors of ``emit(_:_:namespace:)``, also ``SocketIOClientError/notConnected`` if the namespace's
    ///   connection ends meanwhile, ``SocketIOClientError/timeout``, and `CancellationError` if the task is cancelled.
    public func call(
        _ event: String, _ arguments: SocketIOValue..., namespace: String = "/", timeout: TimeAmount = .seconds(60)
    ) async throws -> [SocketIOValue] {
        let written = try Self.write(event, arguments, namespace)
        return try await self.onLoopUntilCancelled { core, cancellation in
            core.call(written, namespace, timeout: timeout, cancellation)
        }
    }

    /// Answers an event whose ``SocketIOEvent/wantsAck`` is true. The answer is dropped if the event was answered
    /// before, wants no answer, or came by a connection that has ended.
    ///
    /// - Throws: `SocketIOValueError`.
    public func acknowledge(_ event: SocketIOEvent, with arguments: SocketIOValue...) async throws {
        let headroom = Self.headroom(event.namespace)
        let written = try WrittenArguments(name: nil, arguments, headroom: headroom)
        try await self.onLoop { core in core.acknowledge(event, written) }
    }

    private static func write(
        _ event: String, _ arguments: [SocketIOValue], _ namespace: String
    ) throws -> WrittenArguments {
        var name = event
        if name.withUTF8({ ReservedEventName.contains(UnsafeRawBufferPointer($0)) }) {
            throw SocketIOClientError.reservedName(event)
        }
        return try WrittenArguments(name: event, arguments, headroom: Self.headroom(namespace))
    }

    private static func headroom(_ namespace: String) -> Int { SocketIOHeader.longest + namespace.utf8.count }

    private static func check(_ namespace: String) throws {
        if let problem = NamespaceName.problem(namespace) {
            throw SocketIOClientError.invalidName(namespace: namespace, problem)
        }
    }

    /// The payload of CONNECT, which has to be an object.
    static func payload(_ auth: SocketIOValue) throws(SocketIOValueError) -> [UInt8] {
        guard case .object = auth else { throw .notAnObject }
        return try WrittenArguments.text(auth)
    }

    private func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (SocketIOClientCore) -> EventLoopFuture<Result>
    ) async throws -> Result {
        let place = try self.place.get()
        return try await place.eventLoop.flatSubmit { body(place.core.value) }.get()
    }

    /// The same for what waits for the server.
    private func onLoopUntilCancelled<Result: Sendable>(
        _ body: @escaping @Sendable (SocketIOClientCore, NIOLoopBoundBox<TaskCancellation>) -> EventLoopFuture<Result>
    ) async throws -> Result {
        let place = try self.place.get()
        let cancellation = NIOLoopBoundBox.makeBoxSendingValue(TaskCancellation(), eventLoop: place.eventLoop)
        return try await withTaskCancellationHandler {
            try await self.onLoop { core in
                // Nothing is sent for a task that is cancelled already.
                if cancellation.value.isCancelled { return place.eventLoop.makeFailedFuture(CancellationError()) }
                return body(core, cancellation)
            }
        } onCancel: {
            place.eventLoop.execute { cancellation.value.cancel()?() }
        }
    }
}
