import EngineIO
import JSONText

/// The payload of the server's CONNECT.
package struct ConnectAnswer: Equatable {
    /// The public id of this client in the namespace.
    package let sid: String
    /// The private id of the session, from servers that recover sessions.
    package let pid: String?

    /// - Throws: ``SocketIOPacketError`` if there is no `sid` that is a string.
    package init(_ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) throws(SocketIOPacketError) {
        guard !payload.isEmpty else { throw .oldServer }
        let (sid, pid) = try Self.members(payload, serializer)
        switch sid {
        case nil: throw .noSid
        case .some(nil): throw SocketIOPacketError("a CONNECT packet whose sid is not a string")
        case .some(.some(let sid)): self.sid = sid
        }
        self.pid = pid ?? nil
    }

    /// Two members of the object: nil if absent, nil inside if they are not strings.
    private static func members(
        _ payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer
    ) throws(SocketIOPacketError) -> (sid: String??, pid: String??) {
        switch serializer {
        case .json:
            guard let json = JSON(parsing: payload, leniently: true), json.members != nil else {
                throw SocketIOPacketError("a CONNECT packet that is not valid JSON")
            }
            return (json["sid"].map(\.string), json["pid"].map(\.string))
        case .messagePack:
            return (Self.member("sid", of: payload), Self.member("pid", of: payload))
        }
    }

    private static func member(_ name: StaticString, of payload: UnsafeRawBufferPointer) -> String?? {
        var cursor = MessagePackCursor(payload)
        guard cursor.find(name), !cursor.isAtUndefined else { return nil }
        return .some(cursor.string().map { String(decoding: $0, as: UTF8.self) })
    }
}

extension SocketIOPacketError {
    fileprivate static let oldServer = Self("a CONNECT packet without a sid: it speaks Socket.IO 2, which is too old")
    /// A server of Socket.IO 2 sends no object.
    fileprivate static let noSid = Self(
        "a CONNECT packet without a sid; does it speak plain Engine.IO, and send back what it gets?")
}
