import EngineIO
import SocketIO

/// Is notified of the events of a link, never from within a call of the link's functions.
protocol ServerLinkDelegate: AnyObject {
    /// Connecting is over, and so is the upgrade.
    func linkOpened(_ opening: Report.Opening)
    /// A message or an event of so many bytes. It may come before ``linkOpened(_:)``.
    func linkReceived(_ report: Report, size: Int)
    func linkAcknowledged(_ id: UInt64, _ values: [SocketIOValue])
    func linkWritable()
    func linkDrained()
    /// An attempt to connect has failed.
    func linkFailed(_ error: String, willRetry: Bool)
    /// The session is over. `unwritten`: messages that were sent and may not have been written.
    func linkClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, willRetry: Bool)
}
