import NIOCore

/// Packs waiting packets into the body of one POST.
public struct PayloadWriter {
    /// python-engineio's server drops a payload of more packets and answers 200 (`Payload.max_decode_packets`).
    public static let maximumPackets = 16

    /// Takes packets from the front of `queue`: at most ``maximumPackets``, and at most `maxPayload` bytes unless the
    /// first alone is longer (protocol, "maxPayload"). Returns the body, how many of the packets are messages, and how
    /// many bytes their data has.
    public static func take(
        from queue: inout CircularBuffer<Packet>, maxPayload: Int?
    ) -> (body: ByteBuffer, messages: Int, dataBytes: Int) {
        var body = ByteBuffer()
        var packets = 0
        var messages = 0
        var dataBytes = 0
        var length = 0
        while let packet = queue.first, packets < self.maximumPackets {
            let added = packet.payloadLength + (packets == 0 ? 0 : 1)
            if packets > 0, let maxPayload, length + added > maxPayload { break }
            if packets > 0 { body.writeInteger(PayloadReader.separator) }
            self.write(packet, into: &body)
            queue.removeFirst()
            packets += 1
            if packet.type == .message { messages += 1 }
            dataBytes += packet.data.readableBytes
            length += added
        }
        return (body, messages, dataBytes)
    }

    private static func write(_ packet: Packet, into body: inout ByteBuffer) {
        switch packet.kind {
        case .text:
            body.writeInteger(packet.type.rawValue)
            body.writeImmutableBuffer(packet.data)
        case .binary:
            body.writeInteger(UInt8(ascii: "b"))
            packet.data.withUnsafeReadableBytes { Base64.encode($0, into: &body) }
        }
    }
}
