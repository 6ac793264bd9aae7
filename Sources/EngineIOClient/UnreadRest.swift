import EngineIO

/// Packets that came before the connection was lost are read to their end, whether the script keeps up or not. That is
/// limited. An object, because nearly no session needs it.
final class UnreadRest {
    /// How the session ends then; nil if its transport reports that.
    var loss: DisconnectDetail?
    /// Messages that the connection had not taken.
    var unwritten = 0
    /// Memory of what the script got meanwhile though it was behind, in bytes.
    private var overrun = 0

    /// Memory that a message takes in the script's queue besides its bytes.
    private static let queuedMessageCost = 64
    private static let mostOverrun = 32 << 20

    /// Counts what a script that is behind got.
    ///
    /// - Returns: false if it takes too much memory.
    func add(bytes: Int, packets: Int, maximumMessageSize: Int) -> Bool {
        self.overrun += bytes + packets * Self.queuedMessageCost
        return self.overrun <= Self.mostOverrun + maximumMessageSize / 2
    }
}
