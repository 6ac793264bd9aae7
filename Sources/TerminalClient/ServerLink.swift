import NIOCore

/// The session of one protocol as ``ConnectRun`` uses it. Everything happens on one event loop.
protocol ServerLink: AnyObject {
    var delegate: (any ServerLinkDelegate)? { get set }
    /// Bytes that were sent and that the system has not taken.
    var bufferedBytes: Int { get }
    func connect()
    func send(_ message: OutgoingMessage) -> LinkResult
    func setReading(_ isOn: Bool)
    /// ``ServerLinkDelegate/linkDrained()`` follows when everything that was sent is written.
    func notifyDrained()
    /// Writes what was sent, and closes the session, or stops connecting; the end is reported.
    func close(timeout: TimeAmount)
}
