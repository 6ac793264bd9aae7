import NIOCore
import SocketIO

extension ByteBuffer {
    /// Appends the header of a packet. Its payload follows.
    mutating func writeHeader(
        _ type: SocketIOPacketType, namespace: [UInt8], id: SocketIOHeader.ID = .none, attachmentCount: Int = 0
    ) {
        namespace.withUnsafeBytes { namespace in
            var header = SocketIOHeader(type, namespace: namespace, id: id)
            header.attachmentCount = attachmentCount
            withUnsafeTemporaryAllocation(byteCount: header.room, alignment: 1) { room in
                let count = header.write(.json, toEndOf: room)
                self.writeBytes(UnsafeRawBufferPointer(rebasing: room[(room.count - count)...]))
            }
        }
    }

    /// Appends a JSON array: first values that the server writes, then arguments of a client.
    ///
    /// - Parameters:
    ///   - written: JSON.
    ///   - arguments: with the commas between them; may be empty.
    mutating func writeArray(_ written: [String], _ arguments: UnsafeRawBufferPointer) {
        self.writeInteger(UInt8(ascii: "["))
        for (index, value) in written.enumerated() {
            if index > 0 { self.writeInteger(UInt8(ascii: ",")) }
            self.writeString(value)
        }
        if !written.isEmpty, !arguments.isEmpty { self.writeInteger(UInt8(ascii: ",")) }
        self.writeBytes(arguments)
        self.writeInteger(UInt8(ascii: "]"))
    }
}
