import NIOCore

/// Timeouts, limits and TLS settings of a client.
public struct ClientConfiguration: Sendable {
    /// Whether the server's certificate is checked.
    public var verifiesCertificates = true
    /// A file of certificate authorities in PEM form to trust instead of the system's; nil trusts the system's.
    public var authoritiesFile: String?
    /// The user's name of the option that has the file, for errors.
    package var authoritiesOption = "authoritiesFile"
    /// The most time that the server may take for a handshake, a POST, or the answer to the probe.
    public var requestTimeout: TimeAmount = .seconds(5)
    /// The most time that connecting may take as a whole, including the upgrade.
    public var connectTimeout: TimeAmount = .seconds(20)
    /// Whether each GET carries the time as `t=`, against caches.
    public var timestampsRequests = true
    /// The longest message that is received, in bytes, up to 2^50. A longer one ends the session.
    public var maximumMessageSize = 128 << 20 {
        didSet { self.maximumMessageSize = min(max(self.maximumMessageSize, 0), 1 << 50) }
    }
    /// The number of unwritten bytes above which senders wait.
    public var maximumBuffered = 1 << 20
    /// The local address of connections; nil lets the system choose. Its port is 0.
    package var localAddress: SocketAddress?

    public init() {}
}
