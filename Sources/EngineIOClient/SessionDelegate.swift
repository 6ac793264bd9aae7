import EngineIO

/// Is notified of the events of a session. All calls come on the session's loop, and none from within a call of the
/// session's own functions.
package protocol SessionDelegate: AnyObject {
    /// The handshake is done. When this returns the upgrade is tried, unless the session was closed or refused
    /// meanwhile.
    func sessionOpened(_ handshake: Handshake, transport: Transport, address: String)
    /// From now on everything goes by the transport that was upgraded to.
    func sessionUpgraded()
    /// The upgrade is over, whether it succeeded or not, or there was none to try.
    func sessionConnected()
    /// There is no session.
    func sessionFailed(_ error: ConnectionError)
    /// A message. `bytes` are valid until this returns.
    func sessionReceived(_ kind: MessageKind, _ bytes: UnsafeRawBufferPointer)
    /// After ``SendResult/full``, less than half of the limit waits.
    func sessionWritable()
    /// After ``ClientSession/notifyDrained()``, everything that was sent is written.
    func sessionDrained()
    /// An opened session is over; called once. `unwritten`: messages that were taken and may not have been written.
    func sessionClosed(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int)
}
