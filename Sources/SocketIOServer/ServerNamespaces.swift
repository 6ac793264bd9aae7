import SocketIO

/// The namespaces that one session of a server is in, and what its packets mean: the rules of socket.io's server, which
/// ends a session that breaks them (`Client.ondecoded`).
struct ServerNamespaces {
    enum Action: Equatable {
        /// Accept or refuse the client: see ``connected(_:sid:)``.
        case connect(Int)
        /// The server does not have the namespace.
        case unknown
        case event(Int)
        /// An answer to an event of the server.
        case ack(Int)
        /// The client has left the namespace.
        case left(Int)
    }

    private let names: [[UInt8]]
    /// The ids of the namespaces that are connected.
    private(set) var sids: [String?]

    /// - Parameter names: those of the server's namespaces; actions have indices of this array.
    init(_ names: [[UInt8]]) {
        self.names = names
        self.sids = Array(repeating: nil, count: names.count)
    }

    /// - Throws: `SocketIOPacketError` for a packet that the client must not send: the session has to end.
    func received(_ packet: ReceivedSocketIOPacket) throws(SocketIOPacketError) -> Action {
        let index = self.names.firstIndex { $0.elementsEqual(packet.namespace) }
        let isConnected = index.map { self.sids[$0] != nil } ?? false
        switch (packet.type, index) {
        case (.connect, _) where isConnected:
            throw SocketIOPacketError("a CONNECT packet for a namespace that is connected")
        case (.connect, let index):
            return index.map { Action.connect($0) } ?? .unknown
        case (.connectError, _):
            throw SocketIOPacketError("a CONNECT_ERROR packet, which only servers send")
        case (.disconnect, let index?) where isConnected:
            return .left(index)
        case (.event, let index?) where isConnected, (.binaryEvent, let index?) where isConnected:
            return .event(index)
        case (.ack, let index?) where isConnected, (.binaryAck, let index?) where isConnected:
            return .ack(index)
        default:
            throw SocketIOPacketError("a packet for a namespace that is not connected")
        }
    }

    mutating func connected(_ index: Int, sid: String) { self.sids[index] = sid }

    mutating func left(_ index: Int) { self.sids[index] = nil }
}
