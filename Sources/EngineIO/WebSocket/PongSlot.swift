import NIOCore

/// The one pong that may wait: the answer to the latest ping (RFC 6455, section 5.5.3). A server that pings and does
/// not read costs no more memory than that.
public struct PongSlot: Sendable {
    private var data = ByteBuffer()
    private var isDue = false
    /// One was written that the system has not taken.
    private var isOnItsWay = false

    public init() {}

    /// The data of an Engine.IO ping may have so many bytes: what a server sends comes back to it.
    public static let mostData = 64 << 10

    /// A ping came. Its answer replaces one that has not been written.
    public mutating func pinged(_ data: UnsafeRawBufferPointer) {
        self.data.clear()
        self.data.writeBytes(data)
        self.isDue = true
    }

    /// The data of the pong that is to be written now; nil where none is, or the one before is still on its way.
    public mutating func next() -> ByteBuffer? {
        guard self.isDue, !self.isOnItsWay else { return nil }
        self.isDue = false
        self.isOnItsWay = true
        return self.data
    }

    /// The system has the pong that was written.
    public mutating func taken() { self.isOnItsWay = false }
}
