import EngineIO
import NIOCore

/// The life of one session, whatever carries it (Engine.IO protocol 4): each event returns what is to be done.
struct SessionMachine {
    /// The transports that are tried until one has opened the session.
    struct Attempt {
        /// The one that is being tried.
        var transport: (any SessionTransport)?
        /// Its name, or the name of the one that was tried last.
        var name: Transport?
        var left: ArraySlice<Transport>
        var redirectsLeft = 5
    }

    /// The server's open packet, and when it came.
    struct Opening {
        var handshake: Handshake
        var at: NIODeadline
    }

    /// Everything that the end of a session waits for which the client closes.
    struct Closing {
        /// An upgrade that is half done.
        var upgrade: UpgradeAttempt?
        /// How long closing may take, once the upgrade is over.
        var deferred: TimeAmount?
        /// The program was notified, and the close packet is still on its way.
        var isInBackground = false
    }

    enum State {
        case connecting(Attempt)
        /// Open, but it is not known yet by which transport the session goes on: connecting is not over. Without an
        /// attempt the first answer is still being read.
        case upgrading(Opening, any SessionTransport, UpgradeAttempt?)
        case open(Opening, any SessionTransport)
        /// The client closes the session; what was sent is still written.
        case closing(Opening, any SessionTransport, Closing)
        case closed
    }

    private(set) var state: State

    init(transports: [Transport]) {
        self.state = .connecting(Attempt(left: transports[...]))
    }

    // MARK: Questions

    var isConnecting: Bool { if case .connecting = self.state { true } else { false } }

    /// Whether messages are sent and delivered.
    var isOpen: Bool {
        switch self.state {
        case .upgrading, .open: true
        case .connecting, .closing, .closed: false
        }
    }

    var isClosing: Bool { if case .closing = self.state { true } else { false } }

    /// The transport by which the session goes, or by which it is being opened.
    var current: (any SessionTransport)? {
        switch self.state {
        case .connecting(let attempt): attempt.transport
        case .upgrading(_, let transport, _), .open(_, let transport), .closing(_, let transport, _): transport
        case .closed: nil
        }
    }

    var opening: Opening? {
        switch self.state {
        case .upgrading(let opening, _, _), .open(let opening, _), .closing(let opening, _, _): opening
        case .connecting, .closed: nil
        }
    }

    /// The upgrade that is under way.
    var upgrade: UpgradeAttempt? {
        switch self.state {
        case .upgrading(_, _, let upgrade): upgrade
        case .closing(_, _, let closing): closing.upgrade
        case .connecting, .open, .closed: nil
        }
    }

    /// The upgrade that is under way, if it goes to this transport.
    func upgrade(to target: any SessionTransport) -> UpgradeAttempt? {
        guard let upgrade = self.upgrade, upgrade.target === target else { return nil }
        return upgrade
    }

    /// Whether the session goes, or is being opened, by this transport.
    func goes(by other: any SessionTransport) -> Bool { self.current === other }

    // MARK: Connecting

    /// Takes the next transport to be tried.
    mutating func nextTransport() -> Transport? {
        guard case .connecting(var attempt) = self.state, let name = attempt.left.popFirst() else { return nil }
        attempt.name = name
        self.state = .connecting(attempt)
        return name
    }

    /// - Returns: false if nothing is to be tried any more.
    mutating func tries(_ transport: any SessionTransport) -> Bool {
        guard case .connecting(var attempt) = self.state else { return false }
        attempt.transport = transport
        self.state = .connecting(attempt)
        return true
    }

    enum RedirectAction {
        /// Try this transport again, where the answer points to.
        case follow(Transport)
        case tooMany
        case none
    }

    mutating func redirected() -> RedirectAction {
        guard case .connecting(var attempt) = self.state, let name = attempt.name else { return .none }
        attempt.redirectsLeft -= 1
        self.state = .connecting(attempt)
        return attempt.redirectsLeft < 0 ? .tooMany : .follow(name)
    }

    enum FailureAction {
        /// There is another transport; this one is over.
        case tryNext(Attempt)
        /// There is no session.
        case fail(Attempt)
        case none
    }

    /// - Parameter triesAll: whether the next transport is to be tried.
    mutating func attemptFailed(triesAll: Bool) -> FailureAction {
        guard case .connecting(let attempt) = self.state else { return .none }
        if triesAll, !attempt.left.isEmpty {
            var next = attempt
            next.transport = nil
            self.state = .connecting(next)
            return .tryNext(attempt)
        }
        self.state = .closed
        return .fail(attempt)
    }

    /// The open packet has come.
    mutating func opened(_ handshake: Handshake, at now: NIODeadline) {
        guard case .connecting(let attempt) = self.state, let transport = attempt.transport else { return }
        self.state = .upgrading(Opening(handshake: handshake, at: now), transport, nil)
    }

    // MARK: Packets

    enum PacketAction: Equatable {
        /// The handshake is done: read the packet's data.
        case readHandshake
        case deliver
        /// Answer with a pong that carries the ping's data.
        case pong
        case serverClosed
        case ignore
        /// Not for a client at this point: logged, and the session continues.
        case unexpected
        /// The first packet does not open the session.
        case fail
    }

    func received(_ type: PacketType) -> PacketAction {
        switch self.state {
        case .connecting:
            return type == .open ? .readHandshake : .fail
        case .upgrading, .open:
            switch type {
            case .message: return .deliver
            case .ping: return .pong
            case .close: return .serverClosed
            case .noop: return .ignore
            // A second open packet must not change the session's id.
            case .open, .pong, .upgrade: return .unexpected
            }
        case .closing:
            // Writing what is queued may take longer than the server waits for a pong.
            return type == .ping ? .pong : .ignore
        case .closed:
            return .ignore
        }
    }

    // MARK: Upgrade

    mutating func upgradeBegins(_ upgrade: UpgradeAttempt) {
        guard case .upgrading(let opening, let transport, nil) = self.state else { return }
        self.state = .upgrading(opening, transport, upgrade)
    }

    enum SettledAction: Equatable {
        /// Connecting is over.
        case connected
        /// The close that waited for the upgrade begins.
        case close(timeout: TimeAmount)
        case none
    }

    /// The session goes by this transport until its end: the upgrade is over, or none is tried.
    mutating func settled(on transport: any SessionTransport) -> SettledAction {
        switch self.state {
        case .upgrading(let opening, _, _):
            self.state = .open(opening, transport)
            return .connected
        case .closing(let opening, _, var closing):
            let deferred = closing.deferred
            closing.upgrade = nil
            closing.deferred = nil
            self.state = .closing(opening, transport, closing)
            return deferred.map { .close(timeout: $0) } ?? .none
        case .connecting, .open, .closed:
            return .none
        }
    }

    // MARK: Closing

    enum CloseAction {
        /// There is no session to close.
        case abandon(Attempt)
        /// Close with ``closeBegins(timeout:abort:)``, later.
        case close
        /// Wait no longer for the end.
        case cutShort
        case none
    }

    /// - Parameter abort: nothing is to be waited for.
    mutating func closeRequested(abort: Bool) -> CloseAction {
        switch self.state {
        case .connecting(let attempt):
            self.state = .closed
            return .abandon(attempt)
        case .upgrading(let opening, let transport, let upgrade):
            self.state = .closing(opening, transport, Closing(upgrade: upgrade))
            return .close
        case .open(let opening, let transport):
            self.state = .closing(opening, transport, Closing())
            return .close
        case .closing:
            return abort ? .cutShort : .none
        case .closed:
            return .none
        }
    }

    enum CloseBeginAction {
        /// Close the transport, then give up the upgrade.
        case close(any SessionTransport, UpgradeAttempt?)
        /// ``settled(on:)`` says when: half an upgrade cannot be closed.
        case wait
        case none
    }

    mutating func closeBegins(timeout: TimeAmount, abort: Bool) -> CloseBeginAction {
        guard case .closing(let opening, let transport, var closing) = self.state else { return .none }
        if closing.upgrade == nil || abort { return .close(transport, closing.upgrade) }
        closing.deferred = timeout
        self.state = .closing(opening, transport, closing)
        return .wait
    }

    /// The program is notified of the end while the close packet is on its way.
    mutating func closesInBackground() {
        guard case .closing(let opening, let transport, var closing) = self.state else { return }
        closing.isInBackground = true
        self.state = .closing(opening, transport, closing)
    }

    enum LossAction {
        case attemptFailed
        /// Read what has come before, then end.
        case end
        /// Whatever the server does now, the end is the client's.
        case endAsClient
        case none
    }

    /// The connection is gone, or cannot be used any more.
    func lost() -> LossAction {
        switch self.state {
        case .connecting: .attemptFailed
        case .upgrading, .open: .end
        case .closing: .endAsClient
        case .closed: .none
        }
    }

    /// The connection is gone, and `transport` has packets that are still to be read.
    mutating func readsRest(of transport: any SessionTransport) {
        guard let opening = self.opening else { return }
        self.state = .open(opening, transport)
    }

    struct End {
        var opening: Opening
        var transport: any SessionTransport
        var upgrade: UpgradeAttempt?
        var isInBackground = false
    }

    /// An open session is over, by whatever cause. Returns nil unless there was one.
    mutating func ended() -> End? {
        let end: End
        switch self.state {
        case .upgrading(let opening, let transport, let upgrade):
            end = End(opening: opening, transport: transport, upgrade: upgrade)
        case .open(let opening, let transport):
            end = End(opening: opening, transport: transport)
        case .closing(let opening, let transport, let closing):
            end = End(
                opening: opening, transport: transport, upgrade: closing.upgrade,
                isInBackground: closing.isInBackground)
        case .connecting, .closed:
            return nil
        }
        self.state = .closed
        return end
    }
}
