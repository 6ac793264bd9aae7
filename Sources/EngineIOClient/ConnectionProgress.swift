import NIOCore

/// The progress of one attempt to open a connection.
final class ConnectionProgress {
    private(set) var phase = ConnectionError.Phase.tcp
    private(set) var phaseStart = NIODeadline.now()
    /// Whether the attempt has ended: a channel was delivered, or it was abandoned.
    private(set) var isOver = false
    /// The actions that cancel connections under way.
    private var cancellations: [() -> Void] = []

    /// Registers a connection that is under way.
    ///
    /// - Parameter cancel: cancels it.
    func began(_ cancel: @escaping () -> Void) {
        if self.isOver { cancel() } else { self.cancellations.append(cancel) }
    }

    /// Ends the attempt because a channel was delivered.
    func finish() {
        self.isOver = true
        self.cancellations = []
    }

    /// Ends an attempt for which nobody waits any more.
    func abandon() {
        let cancellations = self.cancellations
        self.finish()
        for cancel in cancellations { cancel() }
    }

    /// Enters a phase.
    ///
    /// - Returns: the duration of the phase before.
    @discardableResult
    func enter(_ phase: ConnectionError.Phase) -> TimeAmount {
        let before = self.phaseStart
        self.phase = phase
        self.phaseStart = .now()
        return self.phaseStart - before
    }
}
