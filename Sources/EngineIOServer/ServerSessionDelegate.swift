import EngineIO

/// Is notified of the events of one ``ServerSession``, on the server's event loop.
package protocol ServerSessionDelegate: AnyObject {
    /// A message of the client. `data` is valid only during the call.
    func received(_ kind: MessageKind, _ data: UnsafeRawBufferPointer)

    /// The session is over. Nothing follows.
    func closed()
}
