import EngineIO

/// One packet, control frame or HTTP message of a session as a trace shows it. Secrets in it are masked.
package struct TraceEvent: Sendable {
    package enum Direction: String, Sendable {
        case sent = "out"
        case received = "in"
    }

    /// How much of the data is shown, in bytes.
    package static let startLimit = 80

    /// The virtual user, if there is one.
    package var user: Int?
    /// Counts the sessions of the process, from 1.
    package var session: Int
    package var direction: Direction
    package var transport: Transport
    /// `open`, `close`, `ping`, `pong`, `message`, `upgrade`, `noop`; `ws-ping`, `ws-pong`, `ws-close`; `request`,
    /// `response`.
    package var type: String
    package var isBinary = false
    /// Bytes of the data: of a packet without its type, of an HTTP message the body.
    package var size: Int
    /// The first bytes of the data; of an HTTP message its target, or its status.
    package var start: [UInt8]
    /// Whether ``start`` is all of it.
    package var isWhole = true
    package var headers: [(name: String, value: String)] = []
    /// Of a message of a protocol over Engine.IO.
    package var fields: [MessageExplanation.Field] = []

    package init(
        user: Int? = nil, session: Int, direction: Direction, transport: Transport, type: String, size: Int,
        start: [UInt8]
    ) {
        self.user = user
        self.session = session
        self.direction = direction
        self.transport = transport
        self.type = type
        self.size = size
        self.start = start
    }
}
