import EngineIO
import EngineIOClient
import NIOCore
import SocketIO

/// The server, the namespaces, and the way in which a client connects to them, at first and after each loss.
public struct SocketIOConnectOptions: Sendable {
    /// The address, the transports and the headers. Its path is `socket.io`; the path of the address is not used.
    public var engine: ConnectOptions
    /// The namespaces to connect, in this order. A name begins with a slash.
    public var namespaces = ["/"]
    /// The object for the server's handlers of CONNECT, such as a token. It is the same for all namespaces.
    public var auth: SocketIOValue?
    /// Makes a new object for each attempt. It replaces ``auth``; an error makes the attempt fail.
    public var makeAuth: (@Sendable () async throws -> SocketIOValue?)?
    /// Whether connecting is over only when the server has answered for all namespaces.
    public var waitsForNamespaces = true
    /// How long these answers may take together.
    public var waitTimeout: TimeAmount = .seconds(5)
    /// Whether a first attempt that fails is repeated, as those after a loss are.
    public var retriesFirstAttempt = false

    public init(url: ServerURL) {
        self.engine = ConnectOptions(url: url)
        self.engine.engineIOPath = "socket.io"
    }
}
