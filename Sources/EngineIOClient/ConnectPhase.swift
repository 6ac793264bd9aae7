/// A part of connecting whose time is measured; the first three are those of each connection.
package enum ConnectPhase: String, Sendable, CaseIterable {
    /// Looking up the host's name, unless it is an address.
    case dns
    /// Opening a TCP connection.
    case tcp
    /// The TLS handshake of a connection.
    case tls
    /// From the last connection to the open packet.
    case handshake
    /// From the open packet to the end of a successful upgrade.
    case upgrade
    /// From `connect` to its success.
    case total
}
