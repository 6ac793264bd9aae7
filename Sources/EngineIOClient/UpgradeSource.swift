import EngineIO
import NIOCore

/// A transport that another may take over from while the session is open (protocol, "Upgrade").
protocol UpgradeSource: SessionTransport {
    /// The transport that may take over.
    var upgrade: Transport { get }
    /// Comes to rest: what is in flight ends, nothing new is sent. ``ClientSession/paused(_:)`` follows.
    func pause()
    /// Sends while the upgrade is still being tried.
    func resume()
    /// Reads an answer to a request of the other transport that belongs to this one.
    func read(_ body: ByteBuffer)
    /// Stops, and gives up everything that waits to be sent.
    func handOver() -> WaitingPackets
}
