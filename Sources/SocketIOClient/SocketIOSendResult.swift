import EngineIOClient
import SocketIO

/// The result of emitting an event or sending an ack.
package enum SocketIOSendResult: Equatable {
    /// `ackID`: the id of the ack that will come, 0 if none was asked for.
    case sent(ackID: UInt64)
    /// Taken; the sender should wait for ``SocketIOSessionDelegate/socketIOWritable()``.
    case full(ackID: UInt64)
    /// Not taken: the namespace is not connected.
    case notConnected(NamespaceStatus)
    /// Not taken: too much waits already, and the sender said that it cannot wait.
    case refused
    /// Not taken: the byte of the packet at this offset is not UTF-8, or is U+001E, which polling cannot carry.
    case invalidText(Int)

    /// - Parameter result: that of the session of Engine.IO.
    init(_ result: SendResult, ackID: UInt64) {
        switch result {
        case .sent: self = .sent(ackID: ackID)
        case .full: self = .full(ackID: ackID)
        case .notConnected: self = .notConnected(.disconnected)
        case .refused: self = .refused
        case .invalidUTF8(let offset), .separator(let offset): self = .invalidText(offset)
        }
    }
}
