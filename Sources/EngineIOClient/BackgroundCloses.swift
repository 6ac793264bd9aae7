import NIOCore

/// Sessions whose close packet is still on its way though their program was notified of the end.
package final class BackgroundCloses {
    private let eventLoop: any EventLoop
    private var count = 0
    private var completion: (() -> Void)?

    init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func began() { self.count += 1 }

    func ended() {
        self.count -= 1
        if self.count == 0 { self.complete() }
    }

    /// Calls `body` once: when there are none any more, or when the time is over.
    package func whenOver(within time: TimeAmount, _ body: @escaping () -> Void) {
        guard self.count > 0 else { return body() }
        self.completion = body
        self.eventLoop.assumeIsolated().scheduleTask(in: time) { self.complete() }
    }

    private func complete() {
        guard let completion = self.completion else { return }
        self.completion = nil
        completion()
    }
}
