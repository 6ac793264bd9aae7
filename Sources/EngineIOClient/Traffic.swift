/// The traffic of one transport. Messages are counted without pings and the other packets of the protocol.
package struct Traffic {
    /// Messages that `send` accepted.
    package var accepted = 0
    /// Messages that the system has taken, or the server for polling.
    package var written = 0
    package var received = 0
    /// Bytes of all frames or bodies.
    package var bytesWritten = 0
    package var bytesReceived = 0

    package init() {}
}
