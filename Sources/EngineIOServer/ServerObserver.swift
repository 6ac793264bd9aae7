import EngineIO

/// Is notified of the sessions of a server and of their messages, on the server's event loop. It changes nothing.
package protocol ServerObserver: AnyObject {
    /// A session has opened.
    func opened(_ session: ServerSession)

    /// A message of the client. `data` is valid only during the call.
    func received(_ kind: MessageKind, _ data: UnsafeRawBufferPointer, from session: ServerSession)

    /// A session is over.
    func closed(_ session: ServerSession, by end: SessionEnd)
}
