import EngineIO
import NIOCore

/// How an ``EngineIOServer`` listens and what it does with the messages it gets.
package struct ServerConfiguration: Sendable {
    /// The use of a client's messages.
    package enum Mode: String, Sendable, CaseIterable {
        /// Each message goes back to its sender, text as text and binary as binary.
        case echo
        /// Messages are counted.
        case sink
        /// Every open session gets text messages as fast as it takes them; its own are counted.
        case flood
        /// Each message goes to every open session, its sender too.
        case broadcast
        /// Each message goes to every other open session.
        case chat
    }

    /// The address to listen at.
    package var host = "127.0.0.1"
    /// The port to listen at; 0 takes a free one (see ``EngineIOServer/port``).
    package var port = 0
    /// From the opening, or from a pong, to the next ping.
    package var pingInterval: TimeAmount = .seconds(25)
    /// From a ping to the end of a session that did not answer it.
    package var pingTimeout: TimeAmount = .seconds(20)
    /// The most bytes that the body of a POST or a websocket message may have.
    package var maxPayload = 1_000_000
    /// The bytes that may wait for a client that takes them slowly. With more, its posts are answered later and its
    /// websocket is not read; the connection of a client that does not take the messages of others is closed.
    package var maxQueued = 16 << 20
    package var mode = Mode.echo
    /// Makes the application that uses the messages instead of ``mode``, on the server's loop.
    package var makeApplication: (@Sendable (any EventLoop) -> any ServerApplication)?
    /// Makes the observer of the sessions and their messages, on the server's loop.
    package var makeObserver: (@Sendable (any EventLoop) -> any ServerObserver)?
    /// Makes the page at `/` for each request; nil: the server has no page.
    package var makePage: (@Sendable () -> ServedPage)?
    /// The transports that clients may use.
    package var transports: Set<Transport> = [.polling, .websocket]
    /// Whether a session may move from polling to websocket.
    package var allowUpgrades = true
    /// The start of the request path that belongs to Engine.IO, with its slash at the end.
    package var path = "/engine.io/"
    /// The origins whose pages may use the server besides its own, also by their host's name. Requests for a host that
    /// is neither loopback nor the address that the server listens at, and pages of other origins, are refused with
    /// 403.
    package var allowedOrigins: [AllowedOrigin] = []
    /// Sent as text to each client right after the opening; nil for nothing.
    package var greeting: String?
    /// Called on the server's loop when new connections wait because the system has no descriptor for them, each time.
    package var onAcceptPaused: (@Sendable (IOError) -> Void)?
    /// Bytes of each message in mode ``Mode/flood``.
    package var messageSize = 32

    package init() {}

    /// The upgrades that the open packet offers, of those that a session can make.
    func upgrades(_ possible: [Transport]) -> [Transport] {
        self.allowUpgrades ? possible.filter(self.transports.contains) : []
    }
}
