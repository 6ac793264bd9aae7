import EngineIO
import NIOCore

/// How a client connects and what it bears.
public struct ClientConfiguration: Sendable {
    /// Whether the server's certificate is checked.
    public var verifiesCertificates = true
    /// A file of authorities in PEM form to trust instead of the system's; nil for those.
    public var authoritiesFile: String?
    /// How long the server may take over a handshake, a POST, or the answer to the probe.
    public var requestTimeout: TimeAmount = .seconds(5)
    /// How long connecting may take as a whole, with the upgrade.
    public var connectTimeout: TimeAmount = .seconds(20)
    /// Whether each GET carries the time as `t=`, against caches.
    public var timestampsRequests = true
    /// The longest message that is received, in bytes, up to 2^50. A longer one ends the session.
    public var maximumMessageSize = 128 << 20 {
        didSet { self.maximumMessageSize = min(max(self.maximumMessageSize, 0), 1 << 50) }
    }
    /// How many bytes may wait to be written before senders wait.
    public var maximumBuffered = 1 << 20
    /// Where connections come from; nil for what the system chooses. Its port is 0.
    package var localAddress: SocketAddress?

    public init() {}

    /// Says that a message is over ``maximumMessageSize``, by the name that scripts know it by.
    static func limitText(_ length: Int, _ limit: Int) -> String {
        "a message of \(length) bytes is over the limit of \(limit) bytes (max_message_size)"
    }
}

/// Where and how one session is opened.
public struct ConnectOptions: Sendable {
    static let defaultPath = "engine.io"

    public var url: ServerURL
    /// Where the server has its endpoint; slashes at the ends do not matter.
    public var engineIOPath = Self.defaultPath
    /// Sent with every request, in place of the client's own of the same name; those that only the client can set right are left
    /// out (see ``RequestHeaders``).
    public var headers: [(name: String, value: String)] = []
    /// The transports that may be used; the first is the one to start with.
    public var transports: [Transport] = [.polling, .websocket]
    /// Whether the next transport is tried when the first cannot connect.
    public var triesAllTransports = false

    public init(url: ServerURL) {
        self.url = url
    }
}
