import NIOCore

/// Measures Socket.IO clients. All calls come on the loop of the clients, possibly from within a slice of Lua, so they
/// must not call the script.
package protocol SocketIOMeter: AnyObject {
    /// The number by which an event is reported from now on.
    func number(ofEvent name: UnsafeRawBufferPointer) -> UInt32
    /// The client has accepted an event that the script sends. `wantsAck`: ``ackEnded(_:_:after:)`` may follow.
    func eventSent(_ event: UInt32, wantsAck: Bool)
    func eventReceived(_ event: UInt32)
    /// An event that wants an ack is over. `time`: since it was sent.
    func ackEnded(_ event: UInt32, _ outcome: AckOutcome, after time: TimeAmount)
    /// The server has accepted a namespace. `time`: since CONNECT was sent.
    func namespaceConnected(_ namespace: String, after time: TimeAmount)
    /// Engine.IO was connected, and the namespaces were not.
    func namespacesFailed(_ message: String)
    /// An attempt to connect again after a loss is over.
    func reconnectEnded(_ outcome: ReconnectOutcome)
}
