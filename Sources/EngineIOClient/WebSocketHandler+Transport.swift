import EngineIO
import NIOCore

/// The websocket as a session sees it.
extension WebSocketHandler: UpgradeTarget {
    var direct: WebSocketHandler? { self }
    var phase: ConnectionError.Phase { self.handshaking?.phase ?? .open }
    var missingOpenPacket: String { "no OPEN packet" }

    func open() {
        let context = self.session.context
        let handshaking = WebSocketHandshake(connector: context.connector)
        self.handshaking = handshaking
        let limit = context.configuration.requestTimeout
        handshaking.start(context.requests, timeout: limit, for: self) { failure in
            self.handshaking = nil
            if let failure {
                self.session.failed(self, failure)
            } else {
                self.session.connected(self, opensWithin: limit)
            }
        }
    }

    /// Frames are sent and read as soon as the websocket is connected.
    func start() {}

    func setReading(_ isOn: Bool) {
        if isOn { self.release(.script) } else { self.hold(.script) }
    }

    var holdsPings: Bool { self.backlog.stall != nil }

    /// Frames that are held back are read before the loss is reported.
    var hasUnreadPackets: Bool { false }

    func readToEnd() {}

    // MARK: Upgrade

    func sendProbe() {
        Packet.probe.withUTF8Buffer { self.writePacket(.ping, UnsafeRawBufferPointer($0)) }
    }

    func confirmUpgrade() { self.writePacket(.upgrade) }

    func waitForSource() { self.hold(.source) }

    func sourceIsRead() { self.release(.source) }

    func takeOver(_ waiting: WaitingPackets) {
        for packet in waiting.packets {
            self.session.observer.trace?.packet(.sent, self.carrier.name, packet)
            packet.data.withUnsafeReadableBytes { self.write(packet, $0) }
        }
        self.output.whenDrained(waiting.drain)
        // The source does not notify the senders that wait for it any more.
        self.loop.eventLoop.assumeIsolated().execute {
            if self.acceptsMore { self.session.writable() }
        }
    }

    private func write(_ packet: Packet, _ data: UnsafeRawBufferPointer) {
        if packet.type == .message { self.output.countMessage() }
        switch packet.kind {
        case .text: self.write(.text, prefix: packet.type.rawValue, data)
        case .binary: self.write(.binary, prefix: nil, data)
        }
    }
}
