import EngineIO
import NIOCore

/// Limits how long the network may take. A loop that was held up has read what is there before the time is over.
package final class NetworkTimer {
    private let eventLoop: any EventLoop
    private var secondLook = SecondLook()
    private var scheduled: Scheduled<Void>?

    /// - Parameter body: called on the loop, once, unless ``cancel()`` is called before.
    package init(on eventLoop: any EventLoop, in time: TimeAmount, _ body: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.schedule(at: eventLoop.now + time, body)
    }

    /// Stops the timer.
    package func cancel() { self.scheduled?.cancel() }

    private func schedule(at deadline: NIODeadline, _ body: @escaping () -> Void) {
        self.scheduled = self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            if let again = self.secondLook.next(now: self.eventLoop.now, due: deadline) {
                self.schedule(at: again, body)
            } else {
                self.scheduled = nil
                body()
            }
        }
    }
}
