/// The result of sending a message.
package enum SendResult: Equatable {
    case sent
    /// Taken; the sender should wait for ``SessionDelegate/sessionWritable()``.
    case full
    case notConnected
    /// Not taken: too much waits already, and the sender said that it cannot wait.
    case refused
    /// Not taken: the byte at this offset is not UTF-8.
    case invalidUTF8(Int)
    /// Not taken: U+001E at this offset, which separates packets in a payload.
    case separator(Int)
}
