import EngineIO

/// The server and the way in which one session is opened.
public struct ConnectOptions: Sendable {
    static let defaultPath = "engine.io"

    public var url: ServerURL
    /// The path of the server's endpoint; slashes at the ends do not matter.
    public var engineIOPath = Self.defaultPath
    /// Headers for every request; they replace the client's own headers of the same name. Headers that only the client
    /// can set correctly, such as `Connection` and `Content-Length`, are left out.
    public var headers: [(name: String, value: String)] = []
    /// The transports that may be used; the first is the one to start with.
    public var transports: [Transport] = [.polling, .websocket]
    /// Whether the next transport is tried when the first cannot connect.
    public var triesAllTransports = false
    /// Part of the error if the server has nothing at the path; nil is that for programs.
    package var missingPathHint: MissingPathHint?

    public init(url: ServerURL) {
        self.url = url
    }
}
