import EngineIO
import EngineIOServer
import NIOCore
import SocketIO

/// A server of Socket.IO 5 on an ``EngineIOServer``: its sessions and rooms. It is used on the server's event loop
/// only.
///
/// Arguments of clients are never read into values: they go on as they came.
package final class SocketIOService: ServerApplication {
    /// Events for the members of a room. They are sent together when the sender's messages were all received.
    private struct Broadcast {
        let room: Rooms.Room
        let sender: Int
        var messages = SharedMessages()
    }

    /// More attachments of one packet end the session, as with socket.io-parser 4.2.6.
    static let maximumAttachments = 10

    let configuration: SocketIOServerConfiguration
    let eventLoop: any EventLoop
    /// The names of the namespaces; their indices are used everywhere else.
    let namespaces: [[UInt8]]
    var rooms = Rooms()
    /// Where packets are written, one at a time.
    var scratch = ByteBuffer()
    private var sessions: [Int: SocketIOServerSession] = [:]
    private var broadcasts: [Broadcast] = []

    package init(_ configuration: SocketIOServerConfiguration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.namespaces = configuration.namespaces.map { Array($0.utf8) }
    }

    // MARK: The server

    package func opened(_ session: ServerSession) -> any ServerSessionDelegate {
        let joined = SocketIOServerSession(session, self)
        self.sessions[session.number] = joined
        return joined
    }

    package var counters: [(name: String, count: Int)] {
        [
            ("namespaces", self.sessions.values.reduce(0) { $0 + $1.connectedCount }),
            ("rooms", self.rooms.count),
        ]
    }

    package func endOfReadCycle() {
        if self.broadcasts.isEmpty { return }
        let broadcasts = self.broadcasts
        self.broadcasts = []
        for broadcast in broadcasts {
            for member in self.rooms.members(of: broadcast.room) where member != broadcast.sender {
                self.sessions[member]?.session.send(broadcast.messages)
            }
        }
    }

    // MARK: Sessions

    func closed(_ number: Int) {
        self.sessions[number] = nil
        self.rooms.leaveAll(number)
    }

    /// Sends a packet to the other members of a room.
    ///
    /// - Parameter packet: a text message.
    /// - Returns: the number of the others.
    func broadcast(
        _ packet: ByteBuffer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>, to room: Rooms.Room,
        from sender: Int
    ) -> Int {
        let members = self.rooms.members(of: room)
        let others = members.count - (members.contains(sender) ? 1 : 0)
        guard others > 0 else { return 0 }
        if self.broadcasts.last?.room != room || self.broadcasts.last?.sender != sender {
            self.broadcasts.append(Broadcast(room: room, sender: sender))
        }
        let last = self.broadcasts.count - 1
        packet.withUnsafeReadableBytes { self.broadcasts[last].messages.append(.text, $0) }
        for attachment in attachments { self.broadcasts[last].messages.append(.binary, attachment) }
        return others
    }
}
