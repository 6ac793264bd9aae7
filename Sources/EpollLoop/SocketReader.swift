/// Takes the bytes of a connection that needs no pipeline. All is called on the loop; nothing after
/// ``connectionClosed()``, or after it had the channel closed.
package protocol SocketReader: AnyObject {
    /// - Parameter bytes: valid during the call only.
    func read(_ bytes: UnsafeRawBufferPointer)
    /// Follows each ``read(_:)`` where the channel is still open.
    func readCompleted()
    /// The system reported an error; ``connectionClosed()`` comes next.
    func readFailed(_ error: any Error)
    func writabilityChanged(_ isWritable: Bool)
    func connectionClosed()
}
