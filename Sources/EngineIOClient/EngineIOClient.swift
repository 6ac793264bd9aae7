import EngineIO
import EpollLoop
import Logging
import NIOCore

/// An Engine.IO 4 client: HTTP long-polling, WebSocket and the upgrade between them.
///
/// It is the client of python-engineio's asyncio documentation in Swift's idiom: ``connect(to:)`` returns when the
/// handshake and the attempt to upgrade are over, ``send(_:)-(String)`` waits while too much is unwritten, and what the
/// server does arrives as ``events``. A client may connect again after a disconnect; its cookies stay.
///
///     let client = EngineIOClient()
///     try await client.connect(to: "http://localhost:5000")
///     try await client.send("hello")
///     for await event in client.events {
///         if case .message(let message) = event { print(message) }
///     }
public final class EngineIOClient: Sendable {
    /// The events of the client's sessions, in order. Only one task may iterate over them, and only once.
    ///
    /// Reading from the server pauses while 1024 events wait here, and goes on at half of that; pings that are not read
    /// meanwhile do not count against the server.
    public let events: ClientEvents

    /// Where it lives; an error where the system had no event loop for it.
    private let place: Result<Place, ConnectionError>

    private struct Place {
        let core: NIOLoopBoundBox<ClientCore>
        let eventLoop: any EventLoop
    }

    /// - Parameters:
    ///   - configuration: timeouts, limits and TLS settings.
    ///   - eventLoopGroup: all work of the client is done on one of the group's loops. nil uses the library's own
    ///     loops, which need less time and memory for each client than SwiftNIO's.
    ///   - logger: packets and connections are logged at `info`. nil logs nothing.
    public init(
        configuration: ClientConfiguration = ClientConfiguration(),
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
        let quiet = Logger(label: "engineio.client") { _ in SwiftLogNoOpLogHandler() }
        let core = ClientCore(configuration: configuration, eventLoop: eventLoop, logger: logger ?? quiet)
        let box = NIOLoopBoundBox.makeBoxSendingValue(core, eventLoop: eventLoop)
        let (events, source) = Self.makeEvents { eventLoop.execute { box.value.setReading(true) } }
        self.place = .success(Place(core: box, eventLoop: eventLoop))
        self.events = events
        eventLoop.execute { box.value.events = source }
    }

    private static func makeEvents(
        produceMore: @escaping @Sendable () -> Void
    ) -> (ClientEvents, ClientEvents.Producer.Source) {
        let sequence = ClientEvents.Producer.makeSequence(
            elementType: ClientEvent.self,
            backPressureStrategy: ClientEvents.Strategy(lowWatermark: 512, highWatermark: 1024),
            finishOnDeinit: true, delegate: ClientEventsDelegate(produceMore: produceMore))
        return (ClientEvents(base: sequence.sequence), sequence.source)
    }

    deinit {
        guard case .success(let place) = self.place else { return }
        place.eventLoop.execute { place.core.value.close() }
    }

    /// Connects with the default options.
    ///
    /// - Throws: the errors of ``connect(_:)``, and `ServerURLError` if the address is invalid.
    public func connect(to url: String) async throws { try await self.connect(ConnectOptions(url: ServerURL(url))) }

    /// Opens a session; returns when the handshake and the attempt to upgrade are over.
    ///
    /// - Throws: ``ConnectionError`` when there is no session; ``ClientError/alreadyConnected``; `CancellationError`
    ///   when the task is cancelled, and then no session stays open.
    public func connect(_ options: ConnectOptions) async throws {
        try await withTaskCancellationHandler {
            try await self.onLoop { core in core.connect(options) }
            try Task.checkCancellation()
        } onCancel: {
            guard case .success(let place) = self.place else { return }
            place.eventLoop.execute { place.core.value.abandonConnect() }
        }
    }

    /// Sends a text message. Returns when it is taken, which is at once unless more than
    /// ``ClientConfiguration/maximumBuffered`` bytes wait to be written.
    ///
    /// - Throws: ``ClientError/notConnected`` or ``ClientError/separatorInText``.
    public func send(_ text: String) async throws { try await self.send(.text(text)) }

    /// Sends a binary message; otherwise as ``send(_:)-(String)``.
    public func send(_ bytes: ByteBuffer) async throws { try await self.send(.binary(bytes)) }

    /// Sends a message, such as one that was received.
    ///
    /// - Throws: ``ClientError/notConnected`` or ``ClientError/separatorInText``.
    public func send(_ message: Message) async throws { try await self.onLoop { core in core.send(message) } }

    /// Writes queued messages, closes the session by Engine.IO's close packet and WebSocket's close handshake, and
    /// closes the connection. Without a session it does nothing.
    ///
    /// - Parameters:
    ///   - timeout: the most time that writing may take.
    ///   - abort: closes at once; queued messages may be lost.
    /// - Returns: the number of messages that may not have been written.
    @discardableResult
    public func disconnect(timeout: TimeAmount = .seconds(30), abort: Bool = false) async -> Int {
        // The promise of a disconnect is never failed.
        (try? await self.onLoop { core in core.disconnect(timeout: timeout, abort: abort) }) ?? 0
    }

    /// The session's id, or nil while there is no session.
    public var sid: String? {
        get async { try? await self.onLoop { core in core.ready(core.handshake?.sid) } }
    }

    /// The transport in use, or nil while there is no session.
    public var transport: Transport? {
        get async { try? await self.onLoop { core in core.ready(core.transport) } }
    }

    private func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (ClientCore) -> EventLoopFuture<Result>
    ) async throws -> Result {
        let place = try self.place.get()
        return try await place.eventLoop.flatSubmit { body(place.core.value) }.get()
    }
}
