/// The upgrade from polling to websocket (protocol, "Upgrade").
///
/// Nothing is polled at first, so that no GET has to be waited for; only a server that takes its time over the probe is
/// polled beside it, and then the polling has to come to rest before the upgrade packet is sent.
public struct UpgradeStateMachine: Sendable {
    private enum State: Sendable {
        case connecting
        case probing
        /// The probe was answered; a GET or POST is still in flight.
        case settling
        case upgraded
        case failed
    }

    public enum Action: Equatable, Sendable {
        case none
        case sendProbe
        case pausePolling
        /// Send the upgrade packet; from now on everything goes by the websocket.
        case upgrade
        /// Close the websocket and go on polling.
        case stayOnPolling(String)
        /// Poll while the probe is still out.
        case pollMeanwhile
    }

    private var state = State.connecting

    public init() {}

    public var isOver: Bool {
        switch self.state {
        case .upgraded, .failed: true
        case .connecting, .probing, .settling: false
        }
    }

    public mutating func webSocketOpened() -> Action {
        guard case .connecting = self.state else { return .none }
        self.state = .probing
        return .sendProbe
    }

    /// A message came by the websocket before the upgrade.
    public mutating func received(isProbePong: Bool, what: String) -> Action {
        switch self.state {
        case .probing where isProbePong:
            self.state = .settling
            return .pausePolling
        case .connecting, .probing, .settling:
            return self.fail("the server answered the probe with \(what)")
        case .upgraded, .failed:
            return .none
        }
    }

    public mutating func pollingPaused() -> Action {
        guard case .settling = self.state else { return .none }
        self.state = .upgraded
        return .upgrade
    }

    public mutating func webSocketFailed(_ why: String) -> Action { self.isOver ? .none : self.fail(why) }

    /// The probe is not answered within the time that it may hold up polling.
    public mutating func patienceOver() -> Action {
        switch self.state {
        case .connecting, .probing: .pollMeanwhile
        case .settling, .upgraded, .failed: .none
        }
    }

    private mutating func fail(_ why: String) -> Action {
        self.state = .failed
        return .stayOnPolling(why)
    }
}
