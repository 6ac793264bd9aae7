/// An event or an ack of the server. Its bytes are valid until the delegate returns.
package struct SocketIOReceived {
    /// The name of the namespace.
    package let namespace: UnsafeRawBufferPointer
    /// The connection of the namespace, for
    /// ``SocketIOSession/acknowledge(_:connection:id:packet:headroom:attachments:)``.
    package let connection: UInt64
    /// The id with which an event asks for an ack, as the server wrote it; empty if it asks for none.
    package let id: UnsafeRawBufferPointer
    /// The array with the name and the arguments of an event, or with the arguments of an ack.
    package let payload: UnsafeRawBufferPointer
    package let attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
}
