/// The result of sending a message.
enum LinkResult: Equatable {
    /// `ack`: the id of the ack that will come.
    case sent(ack: UInt64?)
    /// Taken; the sender should wait for ``ServerLinkDelegate/linkWritable()``.
    case full(ack: UInt64?)
    case notConnected
    /// It cannot be sent at all.
    case refused(String)
}
