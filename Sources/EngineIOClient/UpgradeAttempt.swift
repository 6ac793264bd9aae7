import EngineIO
import NIOCore

/// One attempt to carry an open session on by another transport: does what ``UpgradeStateMachine`` orders.
final class UpgradeAttempt {
    let source: any UpgradeSource
    let target: any UpgradeTarget
    private let session: ClientSession
    private var machine = UpgradeStateMachine()
    private var timers: [NetworkTimer] = []

    /// How long the server may take to answer the probe before it is polled meanwhile.
    private static let gracePeriod = TimeAmount.milliseconds(250)

    init(from source: any UpgradeSource, to target: any UpgradeTarget, session: ClientSession) {
        self.source = source
        self.target = target
        self.session = session
    }

    func isFrom(_ source: any SessionTransport) -> Bool { self.source === source }

    func start() {
        self.schedule(Self.gracePeriod) { $0.perform($0.machine.patienceOver()) }
        self.target.open()
    }

    /// The target is connected: it is probed.
    func connected() {
        let limit = self.session.context.configuration.requestTimeout
        self.schedule(limit) { $0.fail("the probe was not answered within \(ErrorText.seconds(limit))") }
        self.perform(self.machine.webSocketOpened())
    }

    /// A text message came by the target, which answers the probe.
    func received(_ text: UnsafeRawBufferPointer) {
        self.trace(text)
        let isPong = text.first == PacketType.pong.rawValue && text.dropFirst().elementsEqual(Self.probe)
        let shown = text.isEmpty ? "an empty message" : "\"\(String(decoding: text.prefix(32), as: UTF8.self))\""
        self.perform(self.machine.received(isProbePong: isPong, what: shown))
    }

    func receivedBinary() { self.perform(self.machine.received(isProbePong: false, what: "binary data")) }

    /// The source has come to rest.
    func sourcePaused() { self.perform(self.machine.pollingPaused()) }

    func fail(_ reason: String) { self.perform(self.machine.webSocketFailed(reason)) }

    /// Releases the target, unless the session goes by it.
    func end(keepsTarget: Bool) {
        for timer in self.timers { timer.cancel() }
        self.timers = []
        if !keepsTarget { self.target.drop() }
    }

    private static let probe = Packet.probe.withUTF8Buffer { Array($0) }

    private func perform(_ action: UpgradeStateMachine.Action) {
        switch action {
        case .none: break
        case .sendProbe: self.target.sendProbe()
        case .pausePolling: self.source.pause()
        case .pollMeanwhile: self.source.resume()
        case .upgrade: self.session.upgraded(by: self)
        case .stayOnPolling(let reason): self.session.upgradeFailed(self, reason)
        }
    }

    private func trace(_ text: UnsafeRawBufferPointer) {
        guard let trace = self.session.context.observer.trace else { return }
        if let type = text.first.flatMap(PacketType.init) {
            let data = UnsafeRawBufferPointer(rebasing: text.dropFirst())
            trace.packet(.received, self.target.carrier.name, type, data)
        } else {
            trace.unknown(self.target.carrier.name, text)
        }
    }

    private func schedule(_ amount: TimeAmount, _ body: @escaping (UpgradeAttempt) -> Void) {
        self.timers.append(NetworkTimer(on: self.session.context.loop.eventLoop, in: amount) { body(self) })
    }
}
