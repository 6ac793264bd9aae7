/// Uses the messages of a server's sessions, instead of a ``ServerConfiguration/Mode``. It is used on the server's
/// event loop only.
package protocol ServerApplication: AnyObject {
    /// A session has opened, and its open packet is on its way.
    ///
    /// - Returns: the receiver of its messages. The session keeps it until its end.
    func opened(_ session: ServerSession) -> any ServerSessionDelegate

    /// Everything that came with one read was received. Messages that were kept for other sessions go out now.
    func endOfReadCycle()

    /// More counters for `GET /stats`.
    var counters: [(name: String, count: Int)] { get }
}
