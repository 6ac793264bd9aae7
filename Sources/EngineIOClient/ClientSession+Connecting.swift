import EngineIO
import Logging
import NIOCore
import NIOHTTP1

/// The handshake, by one transport after the other.
extension ClientSession {
    package func connect() {
        self.startedAt = .now()
        self.meter?.connectStarted()
        self.timers.connect = self.schedule(self.context.configuration.connectTimeout) { session in
            session.connectTimedOut()
        }
        self.context.later { self.tryNextTransport() }
    }

    private func tryNextTransport() {
        guard let name = self.decide({ $0.nextTransport() }) else { return }
        self.observer.logger.info("Attempting \(name) connection to \(self.context.requests.address(name))")
        self.tryTransport(name)
    }

    private func tryTransport(_ name: Transport) {
        guard let transport = self.makeTransport(name), self.decide({ $0.tries(transport) }) else { return }
        if self.isReadingPaused { transport.setReading(false) }
        transport.open()
    }

    // MARK: Events of a transport that opens

    /// The transport is connected; packets may follow.
    ///
    /// - Parameter limit: how long the open packet may take; nil if it has come.
    func connected(_ transport: any SessionTransport, opensWithin limit: TimeAmount?) {
        if let upgrade = self.machine.upgrade(to: transport) { return upgrade.connected() }
        guard let limit else { return }
        self.timers.stage = self.schedule(limit) { session in
            session.attemptFailed(
                ConnectionError(.open, "no OPEN packet", cause: "nothing came within \(ErrorText.seconds(limit))"))
        }
    }

    func failed(_ transport: any SessionTransport, _ failure: OpeningFailure) {
        if let upgrade = self.machine.upgrade(to: transport) {
            self.readPayload(of: failure.response, by: upgrade.source)
            return upgrade.fail("\(failure.error)")
        }
        guard self.machine.isConnecting else { return }
        if let response = failure.response, self.follow(response) { return }
        self.attemptFailed(failure.error)
    }

    /// Follows a redirect of the handshake; the session stays where it led.
    private func follow(_ response: HTTPResponse) -> Bool {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.headers.first(name: "Location")
        else { return false }
        switch self.decide({ $0.redirected() }) {
        case .tooMany:
            self.attemptFailed(
                ConnectionError(.http, "the server redirects more than five times", status: response.status))
        case .follow(let name):
            do {
                try self.context.requests.follow(location: location)
            } catch {
                self.attemptFailed(error)
                return true
            }
            self.machine.current?.drop()
            self.tryTransport(name)
        case .none:
            break
        }
        return true
    }

    /// The transport has read its first answer, or as much of it as one turn may.
    func firstAnswerRead(by source: any UpgradeSource) {
        guard self.machine.goes(by: source) else { return }
        if self.machine.isConnecting {
            // It has no packet that could have opened the session.
            return self.attemptFailed(
                ConnectionError(.open, "Unexpected response from server", cause: "the answer is empty"))
        }
        if self.isOpen { self.tryUpgrade(from: source) }
    }

    // MARK: Results

    /// One transport could not open the session: the next is tried if there is one and the program wants that.
    func attemptFailed(_ error: ConnectionError) {
        switch self.decide({ $0.attemptFailed(triesAll: self.context.triesAllTransports) }) {
        case .tryNext(let attempt):
            attempt.transport?.drop()
            self.timers.endStage()
            self.observer.logger.info("\(self.explained(error, attempt)); trying the next transport")
            self.tryNextTransport()
        case .fail(let attempt):
            self.fail(error, attempt)
        case .none:
            break
        }
    }

    private func fail(_ error: ConnectionError, _ attempt: SessionMachine.Attempt) {
        var error = self.explained(error, attempt)
        error.isMeasured = self.meter != nil
        self.meter?.connectEnded(.failed(error), attempt.name)
        self.cleanUp(attempt.transport)
        self.observer.logger.info("Connection failed: \(error)")
        self.reportFailure(error)
    }

    private func connectTimedOut() {
        let limit = ErrorText.seconds(self.context.configuration.connectTimeout)
        guard self.machine.isConnecting else {
            self.machine.upgrade?.fail("connecting took longer than \(limit)")
            return
        }
        let phase = self.machine.current?.phase ?? .tcp
        guard case .fail(let attempt) = self.decide({ $0.attemptFailed(triesAll: false) }) else { return }
        self.fail(ConnectionError(phase, "connecting took longer than \(limit)", cause: "connect_timeout"), attempt)
    }

    func explained(_ error: ConnectionError, _ attempt: SessionMachine.Attempt) -> ConnectionError {
        error.explained(by: self.context.requests, attempt.name ?? .polling)
    }

    func reportFailure(_ error: ConnectionError) {
        let delegate = self.delegate
        self.delegate = nil
        delegate?.sessionFailed(error)
    }
}
