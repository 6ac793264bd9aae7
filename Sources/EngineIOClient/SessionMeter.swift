import EngineIO
import NIOCore

/// A part of connecting that takes time of its own; the first three are those of each connection.
package enum ConnectPhase: String, Sendable, CaseIterable {
    /// Looking up the host's name, where it is one.
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

/// How an attempt to connect ended.
package enum ConnectOutcome {
    case opened
    case failed(ConnectionError)
    /// The program gave it up.
    case cutOff
}

/// Who measures sessions. All calls come on the session's loop.
package protocol SessionMeter: AnyObject {
    func connectStarted()
    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount)
    /// Called once for each ``connectStarted()``. `transport` is the one that was tried last, nil where none was.
    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?)
    /// The time between two pings of the server, or between the opening and the first.
    func pinged(_ transport: Transport, after time: TimeAmount)
    /// An opened session is over.
    func sessionEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount)
}

/// What went over one transport. Messages are counted without the pings and the rest of the protocol.
package struct Traffic {
    /// Messages that `send` took.
    package var accepted = 0
    /// Messages that the system has, or the server for polling.
    package var written = 0
    package var received = 0
    /// Bytes of all frames or bodies.
    package var bytesWritten = 0
    package var bytesReceived = 0
}

/// The traffic of many sessions. It is plain memory, as each message is counted here.
package struct TrafficCounts {
    package var polling = Traffic()
    package var websocket = Traffic()

    package init() {}
}
