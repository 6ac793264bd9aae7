import EngineIO
import Logging
import NIOCore

/// From the open packet to the end of connecting: another transport may take over.
extension ClientSession {
    func tryUpgrade(from source: any UpgradeSource) {
        let name = source.upgrade
        guard let handshake = self.handshake, handshake.upgrades.contains(name.rawValue),
            self.context.transports.contains(name), let target = self.makeTarget(name)
        else {
            return self.settle(on: source)
        }
        self.observer.logger.info("Attempting WebSocket upgrade to \(self.context.requests.address(name))")
        let upgrade = UpgradeAttempt(from: source, to: target, session: self)
        self.decide { $0.upgradeBegins(upgrade) }
        upgrade.start()
    }

    /// Some servers answer a failed upgrade with the answer to a poll: it must not be lost.
    func readPayload(of response: HTTPResponse?, by source: any UpgradeSource) {
        guard let response, response.status == 200 else { return }
        let isPayload = response.body.withUnsafeReadableBytes { bytes in
            guard let first = bytes.first else { return false }
            return (PacketType(rawValue: first) != nil || first == UInt8(ascii: "b"))
                && UTF8Validation.firstInvalidOffset(bytes) == nil
        }
        if isPayload { source.read(response.body) }
    }

    /// A transport has come to rest.
    func paused(_ transport: any SessionTransport) {
        guard let upgrade = self.machine.upgrade, upgrade.isFrom(transport) else { return }
        upgrade.sourcePaused()
    }

    /// The target answered the probe, and the source is at rest.
    func upgraded(by upgrade: UpgradeAttempt) {
        guard self.machine.upgrade === upgrade, let opening = self.machine.opening else { return }
        let (source, target) = (upgrade.source, upgrade.target)
        upgrade.end(keepsTarget: true)
        target.confirmUpgrade()
        // After the upgrade packet the server takes no request for this session any more.
        let waiting = source.handOver()
        if self.isReadingPaused { target.setReading(false) }
        if source.holdsPings {
            self.unreadUpgrade = upgrade
            target.waitForSource()
        }
        let settled = self.decide { $0.settled(on: target) }
        self.meter?.phaseEnded(.upgrade, target.carrier.name, after: .now() - opening.at)
        self.delegate?.sessionUpgraded()
        target.takeOver(waiting)
        self.readingChanged()
        self.observer.logger.info("WebSocket upgrade was successful")
        self.perform(settled)
    }

    func upgradeFailed(_ upgrade: UpgradeAttempt, _ reason: String) {
        guard self.machine.upgrade === upgrade else { return }
        let level: Logger.Level = self.isOpen ? .warning : .info
        self.observer.logger.log(level: level, "WebSocket upgrade failed: \(reason)")
        upgrade.end(keepsTarget: false)
        self.settle(on: upgrade.source)
    }

    /// The session goes by this transport until its end.
    func settle(on transport: any SessionTransport) {
        let action = self.decide { $0.settled(on: transport) }
        transport.start()
        self.perform(action)
    }

    private func perform(_ action: SessionMachine.SettledAction) {
        switch action {
        case .connected:
            guard self.isOpen else { return }
            self.timers.connect?.cancel()
            self.timers.connect = nil
            if let transport = self.machine.current {
                self.meter?.phaseEnded(.total, transport.carrier.name, after: .now() - self.startedAt)
            }
            self.delegate?.sessionConnected()
        case .close(let timeout):
            self.close(now: timeout, abort: false)
        case .none:
            break
        }
    }

    /// All packets of a body are read.
    ///
    /// - Returns: false if that was the end of the session.
    func bodyRead(by source: any UpgradeSource) -> Bool {
        if let loss = self.rest?.loss {
            self.finish(.transportError, loss)
            return false
        }
        if let upgrade = self.unreadUpgrade, upgrade.isFrom(source) {
            self.unreadUpgrade = nil
            upgrade.target.sourceIsRead()
        }
        return true
    }
}
