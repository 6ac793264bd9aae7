import SocketIO
import Synchronization

/// An event of the server.
public struct SocketIOEvent: Sendable {
    public let name: String
    public let arguments: [SocketIOValue]
    public let namespace: String

    /// The way back to the server, if it wants an answer.
    let answer: Answer?

    /// Whether the server waits for ``SocketIOClient/SocketIOClient/acknowledge(_:with:)``.
    public var wantsAck: Bool { self.answer != nil }

    final class Answer: Sendable {
        let id: [UInt8]
        let connection: UInt64
        /// An event is answered once.
        private let isGiven = Atomic(false)

        init(id: [UInt8], connection: UInt64) {
            self.id = id
            self.connection = connection
        }

        /// Whether this is the first answer.
        func give() -> Bool { !self.isGiven.exchange(true, ordering: .relaxed) }
    }
}
