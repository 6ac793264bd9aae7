import EngineIO
import Logging
import NIOCore

/// What the websocket says, and the upgrade to it.
extension ClientSession {
    /// How long the server may take to answer the probe before it is polled meanwhile.
    private static let patience = TimeAmount.milliseconds(250)

    func tryUpgrade() {
        guard let handshake = self.handshake, handshake.upgrades.contains(Transport.websocket.rawValue),
            self.options.transports.contains(.websocket)
        else {
            return self.startPollingLoop()
        }
        self.observer.logger.info("Attempting WebSocket upgrade to \(self.builder.address(.websocket))")
        self.upgrade = UpgradeStateMachine()
        self.stageTimers = [
            self.schedule(Self.patience) { session in
                if let action = session.upgrade?.patienceOver() { session.perform(action) }
            }
        ]
        let handshaking = WebSocketHandshake(connector: self.connector)
        self.handshaking = handshaking
        handshaking.start(
            self.builder, timeout: self.configuration.requestTimeout, makeHandler: self.makeWebSocketHandler
        ) { result in
            self.handshaking = nil
            switch result {
            case .failure(let failure):
                self.deliverPayload(of: failure.response)
                self.upgradeFailed("\(failure.error)")
            case .success(let webSocket):
                self.webSocket = webSocket
                self.limitProbe()
                if let action = self.upgrade?.webSocketOpened() { self.perform(action) }
            }
        }
    }

    /// Some servers answer a failed upgrade with what a poll would have got: it must not be lost.
    private func deliverPayload(of response: HTTPResponse?) {
        guard let response, response.status == 200 else { return }
        let isPayload = response.body.withUnsafeReadableBytes { bytes in
            guard let first = bytes.first else { return false }
            return (PacketType(rawValue: first) != nil || first == UInt8(ascii: "b"))
                && UTF8Validation.firstInvalidOffset(bytes) == nil
        }
        if isPayload { self.read(response.body) }
    }

    private func limitProbe() {
        let timeout = self.configuration.requestTimeout
        self.stageTimers.append(
            self.schedule(timeout) { session in
                session.upgradeFailed("the probe was not answered within \(ErrorText.seconds(timeout))")
            })
    }

    func upgradeFailed(_ why: String) {
        if let action = self.upgrade?.webSocketFailed(why) { self.perform(action) }
    }

    func perform(_ action: UpgradeStateMachine.Action) {
        switch action {
        case .none:
            break
        case .sendProbe:
            Packet.probe.withUTF8Buffer {
                self.observer.trace?.packet(.sent, .websocket, .ping, UnsafeRawBufferPointer($0))
                self.webSocket?.write(.text, prefix: PacketType.ping.rawValue, UnsafeRawBufferPointer($0))
            }
        case .pausePolling:
            self.polling.pause()
            self.pump()
        case .pollMeanwhile:
            self.polling.run()
            self.pump()
        case .upgrade:
            self.completeUpgrade()
        case .stayOnPolling(let why):
            let level: Logger.Level = self.machine.state == .open ? .warning : .info
            self.observer.logger.log(level: level, "WebSocket upgrade failed: \(why)")
            self.endStageTimers()
            self.dropWebSocket()
            self.startPollingLoop()
        }
    }

    private func completeUpgrade() {
        guard let webSocket = self.webSocket, self.machine.state != .closed else { return }
        self.endStageTimers()
        self.observer.trace?.packet(.sent, .websocket, .upgrade, UnsafeRawBufferPointer(start: nil, count: 0))
        webSocket.write(.text, prefix: PacketType.upgrade.rawValue, UnsafeRawBufferPointer(start: nil, count: 0))
        // After the upgrade the server takes no request for this session any more.
        self.dropPolling()
        if self.isReadingPaused { webSocket.hold(.script) }
        if self.payload != nil { webSocket.hold(.body) }
        self.upgraded(to: webSocket)
        while let packet = self.queue.popFirst() {
            self.observer.trace?.packet(.sent, .websocket, packet)
            packet.data.withUnsafeReadableBytes { bytes in
                switch packet.kind {
                case .text:
                    webSocket.write(
                        .text, prefix: packet.type.rawValue, bytes, isMessage: packet.type == .message)
                case .binary:
                    webSocket.write(.binary, prefix: nil, bytes, isMessage: true)
                }
            }
        }
        self.queuedBytes = 0
        self.isFarBehind = false
        self.readingChanged()
        if self.isDrainAwaited { self.notifyDrained() }
        self.observer.logger.info("WebSocket upgrade was successful")
        self.upgradeEnded()
    }

    private func upgradeEnded() {
        self.connected()
        let next = self.afterUpgrade
        self.afterUpgrade = nil
        next?(self)
    }

    func endStageTimers() {
        for timer in self.stageTimers { timer.cancel() }
        self.stageTimers = []
    }

    private func startPollingLoop() {
        self.polling.run()
        self.pump()
        self.upgradeEnded()
    }

    // MARK: What the websocket says

    @inline(__always)
    func webSocketReceived(text: UnsafeRawBufferPointer) {
        if self.transport == .websocket, self.machine.state == .open, text.first == PacketType.message.rawValue {
            return self.deliver(.text, UnsafeRawBufferPointer(rebasing: text.dropFirst()), by: .websocket)
        }
        self.webSocketReceived(other: text)
    }

    private func webSocketReceived(other text: UnsafeRawBufferPointer) {
        guard self.transport == .websocket else { return self.probeAnswered(text) }
        do {
            self.received(try ReceivedPacket(text))
        } catch {
            self.lose(DisconnectDetail(.parse, message: "the server sent \(error)"))
        }
    }

    private func probeAnswered(_ text: UnsafeRawBufferPointer) {
        if let trace = self.observer.trace {
            if let type = text.first.flatMap(PacketType.init) {
                trace.packet(.received, .websocket, type, UnsafeRawBufferPointer(rebasing: text.dropFirst()))
            } else {
                trace.unknown(.websocket, text)
            }
        }
        let isPong = text.first == PacketType.pong.rawValue && text.dropFirst().elementsEqual(Self.probe)
        let what = text.isEmpty ? "an empty message" : "\"\(String(decoding: text.prefix(32), as: UTF8.self))\""
        if let action = self.upgrade?.received(isProbePong: isPong, what: what) { self.perform(action) }
    }

    private static let probe = Packet.probe.withUTF8Buffer { Array($0) }

    @inline(__always)
    func webSocketReceived(binary: UnsafeRawBufferPointer) {
        if self.transport == .websocket, self.machine.state == .open {
            self.deliver(.binary, binary, by: .websocket)
        } else if self.transport != .websocket {
            if let action = self.upgrade?.received(isProbePong: false, what: "binary data") { self.perform(action) }
        } else if self.machine.state == .connecting {
            self.attemptFailed(ConnectionError(.open, "no OPEN packet", cause: "the server sent binary data"))
        }
    }

    func webSocketClosed(_ detail: DisconnectDetail) {
        if self.transport == .websocket {
            self.lose(detail)
        } else {
            self.upgradeFailed(detail.message ?? "the websocket was closed")
        }
    }
}
