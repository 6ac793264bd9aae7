import EngineIO
import NIOCore

/// Packets that wait to be posted, and what the POST under way has of them.
struct PacketQueue {
    private(set) var packets = CircularBuffer<Packet>(initialCapacity: 0)
    /// The data of all packets that the server has not taken, in bytes.
    private(set) var bytes = 0
    private var messagesInFlight = 0
    private var bytesInFlight = 0

    var isEmpty: Bool { self.packets.isEmpty }

    /// Messages that the server has not taken.
    var messages: Int { self.packets.reduce(self.messagesInFlight) { $0 + ($1.type == .message ? 1 : 0) } }

    mutating func append(_ packet: Packet) {
        self.bytes += packet.data.readableBytes
        self.packets.append(packet)
    }

    /// Puts a pong before the messages, in place of one that waits there.
    ///
    /// - Parameter log: called if it takes no other's place.
    /// - Returns: whether the queue has changed.
    mutating func putPong(_ data: UnsafeRawBufferPointer, log: () -> Void) -> Bool {
        if let first = self.packets.first, first.type == .pong {
            // It is the same one.
            if first.data.readableBytes == 0, data.count == 0 { return false }
            self.bytes -= first.data.readableBytes
            self.packets.removeFirst()
        } else {
            log()
        }
        self.bytes += data.count
        self.packets.prepend(Packet(type: .pong, data: ByteBuffer(bytes: data)))
        return true
    }

    /// Takes the packets of one POST: ``posted()`` follows when the server has them.
    mutating func take(maxPayload: Int?, by transport: Transport, trace: SessionTrace?) -> ByteBuffer {
        // Only then: a copy costs more than the packets.
        let before = trace == nil ? nil : self.packets
        let (body, messages, bytes) = PayloadWriter.take(from: &self.packets, maxPayload: maxPayload)
        self.messagesInFlight = messages
        self.bytesInFlight = bytes
        if let before {
            for packet in before.prefix(before.count - self.packets.count) {
                trace?.packet(.sent, transport, packet)
            }
        }
        return body
    }

    /// Returns how many messages the server has taken.
    mutating func posted() -> Int {
        defer { self.messagesInFlight = 0 }
        self.bytes -= self.bytesInFlight
        self.bytesInFlight = 0
        return self.messagesInFlight
    }
}
