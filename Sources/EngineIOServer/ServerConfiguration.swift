import EngineIO
import NIOCore

/// How an ``EngineIOServer`` listens and what it does with the messages it gets.
public struct ServerConfiguration: Sendable {
    /// What becomes of a client's messages.
    public enum Mode: String, Sendable, CaseIterable {
        /// Each message goes back to its sender, text as text and binary as binary.
        case echo
        /// Messages are counted.
        case sink
        /// Every open session gets text messages as fast as it takes them; its own are counted.
        case flood
        /// Each message goes to every open session, its sender too.
        case broadcast
    }

    /// The address to listen at.
    public var host = "127.0.0.1"
    /// The port to listen at; 0 takes a free one (see ``EngineIOServer/port``).
    public var port = 0
    /// From the opening, or from a pong, to the next ping.
    public var pingInterval: TimeAmount = .seconds(25)
    /// From a ping to the end of a session that did not answer it.
    public var pingTimeout: TimeAmount = .seconds(20)
    /// The most bytes that the body of a POST or a websocket message may have.
    public var maxPayload = 1_000_000
    /// The bytes that may wait for a client that takes them slowly. With more its posts are answered later and its websocket
    /// is not read; a client that does not take the messages of a broadcast is cut off.
    public var maxQueued = 16 << 20
    public var mode = Mode.echo
    /// The transports that clients may use.
    public var transports: Set<Transport> = [.polling, .websocket]
    /// Whether a session may move from polling to websocket.
    public var allowUpgrades = true
    /// The start of the request path that belongs to Engine.IO, with its slash at the end.
    public var path = "/engine.io/"
    /// The origins whose pages may use the server besides its own, and may ask for it by their host's name. A request for a host that
    /// is neither loopback nor the address that the server listens at, and a page of another origin, is refused by 403.
    public var allowedOrigins: [AllowedOrigin] = []
    /// Sent as text to each client right after the opening; nil for nothing.
    public var greeting: String?
    /// Called on the server's loop when new connections wait because the system has no descriptor for them, each time.
    public var onAcceptPaused: (@Sendable (IOError) -> Void)?
    /// Bytes of each message in mode ``Mode/flood``.
    public var messageSize = 32

    public init() {}

    /// What the open packet offers to a session that begins on `transport`.
    func upgrades(from transport: Transport) -> [Transport] {
        transport == .polling && self.allowUpgrades && self.transports.contains(.websocket) ? [.websocket] : []
    }
}
