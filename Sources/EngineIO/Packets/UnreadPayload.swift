import NIOCore

/// A polling body that is read in turns, each of which goes on where the last one stopped.
///
/// The memory of what was read is given back on the way, so that a long body and what a program makes of it are not
/// both there as a whole.
public struct UnreadPayload: Sendable {
    private let body: ByteBuffer
    private var position: Int
    private var released = 0
    /// Whether a packet was read that is not a noop.
    public private(set) var hadPackets = false

    /// - Parameter body: nobody else may read its bytes once they have been read here.
    public init(_ body: ByteBuffer) {
        self.body = body
        self.position = PayloadReader.start(of: body.readableBytes)
    }

    public var isAtEnd: Bool { self.position > self.body.readableBytes }

    /// The bytes that are not read.
    public var rest: ByteBuffer {
        var rest = self.body
        rest.moveReaderIndex(forwardBy: min(self.position, rest.readableBytes))
        return rest
    }

    /// Reads packets until the budget is used up.
    ///
    /// - Parameters:
    ///   - goesOn: asked before each packet.
    ///   - receive: given each packet; its bytes are valid during the call only.
    /// - Returns: how many packets were read.
    /// - Throws: ``PacketError`` for a packet that cannot be read; those before it have been received.
    @discardableResult
    public mutating func read(
        _ budget: inout TurnBudget, while goesOn: () -> Bool, _ receive: (ReceivedPacket) -> Void
    ) throws(PacketError) -> Int {
        let body = self.body
        return try body.withUnsafeReadableBytes { bytes throws(PacketError) in
            var reader = PayloadReader(bytes, from: self.position)
            var count = 0
            while !budget.isSpent, goesOn(), let packet = reader.nextBytes() {
                self.position = reader.position
                budget.take(packet.count)
                count += 1
                let received = try ReceivedPacket(checkingText: packet)
                if case .packet(.noop, _) = received {} else { self.hadPackets = true }
                if packet.count >= MemoryPages.leastReleased, case .binary = received {
                    // It has a copy of its own.
                    self.release(bytes)
                }
                receive(received)
            }
            self.release(bytes)
            return count
        }
    }

    private mutating func release(_ bytes: UnsafeRawBufferPointer) {
        let read = min(self.position, bytes.count)
        guard read - self.released >= MemoryPages.leastReleased else { return }
        MemoryPages.release(UnsafeRawBufferPointer(rebasing: bytes[self.released..<read]))
        self.released = read
    }
}
