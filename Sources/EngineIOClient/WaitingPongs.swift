import EngineIO

/// The two pongs of a websocket that may wait: the answers to its own latest ping, and to the latest of Engine.IO.
struct WaitingPongs {
    var frame = PongSlot()
    var packet = PongSlot()
    /// A ping came since the pongs were last written.
    var isDue = false

    mutating func pinged(_ kind: PongKinds, _ data: UnsafeRawBufferPointer) {
        if kind.contains(.frame) { self.frame.pinged(data) } else { self.packet.pinged(data) }
        self.isDue = true
    }

    mutating func taken(_ kinds: PongKinds) {
        if kinds.contains(.packet) { self.packet.taken() }
        if kinds.contains(.frame) { self.frame.taken() }
    }
}
