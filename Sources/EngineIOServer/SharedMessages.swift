import EngineIO
import NIOCore

/// Messages for several sessions, as packets and as the frames of a websocket, so that each of them is written once.
package struct SharedMessages {
    private(set) var packets: [Packet] = []
    private(set) var frames = ByteBuffer()

    package init() {}

    var isEmpty: Bool { self.packets.isEmpty }

    /// `data` is valid only during the call.
    package mutating func append(_ kind: MessageKind, _ data: UnsafeRawBufferPointer) {
        self.packets.append(Packet(type: .message, kind: kind, data: ByteBuffer(bytes: data)))
        self.frames.writeMessageFrame(kind, data)
    }
}
