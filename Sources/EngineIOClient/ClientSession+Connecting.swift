import EngineIO
import Logging
import NIOCore
import NIOHTTP1

/// The handshake, by either transport.
extension ClientSession {
    package func connect() {
        self.startedAt = .now()
        self.observer.meter?.connectStarted()
        self.connectTimer = self.schedule(self.configuration.connectTimeout) { session in
            session.connectTimedOut()
        }
        self.loop.eventLoop.assumeIsolated().execute { self.startNextTransport() }
    }

    func startNextTransport() {
        guard self.machine.state == .connecting, let transport = self.transportsLeft.popFirst() else { return }
        self.observer.logger.info("Attempting \(transport) connection to \(self.builder.address(transport))")
        switch transport {
        case .polling: self.startPolling()
        case .websocket: self.startWebSocket()
        }
    }

    private func startPolling() {
        let connection = self.makeConnection()
        self.pollConnection = connection
        connection.send(self.builder.poll(), timeout: self.configuration.requestTimeout) { result in
            guard self.machine.state == .connecting else { return }
            switch result {
            case .failure(let failure): self.attemptFailed(failure.error)
            case .success(let response): self.pollingAnswered(response)
            }
        }
    }

    private func pollingAnswered(_ response: HTTPResponse) {
        self.builder.store(response)
        if self.follow(response, again: { self.startPolling() }) { return }
        guard response.isSuccess else { return self.attemptFailed(ConnectionError(response)) }
        if let hint = response.body.withUnsafeReadableBytes({ Self.versionHint($0) }) {
            return self.attemptFailed(ConnectionError(.open, "Unexpected response from server", cause: hint))
        }
        self.transport = .polling
        self.read(response.body)
        // An empty body has no packet that could have opened the session.
        if self.machine.state == .connecting, self.transport == .polling {
            self.attemptFailed(
                ConnectionError(.open, "Unexpected response from server", cause: "the answer is empty"))
        }
        if self.machine.state == .open { self.tryUpgrade() }
    }

    private func startWebSocket() {
        let handshaking = WebSocketHandshake(connector: self.connector)
        self.handshaking = handshaking
        let timeout = self.configuration.requestTimeout
        handshaking.start(self.builder, timeout: timeout, makeHandler: self.makeWebSocketHandler) { result in
            self.handshaking = nil
            guard self.machine.state == .connecting else { return }
            switch result {
            case .failure(let failure):
                if let response = failure.response, self.follow(response, again: { self.startWebSocket() }) { return }
                self.attemptFailed(failure.error)
            case .success(let webSocket):
                self.webSocket = webSocket
                self.transport = .websocket
                self.stageTimers = [
                    self.schedule(timeout) { session in
                        guard session.machine.state == .connecting else { return }
                        session.attemptFailed(
                            ConnectionError(
                                .open, "no OPEN packet", cause: "nothing came within \(ErrorText.seconds(timeout))"))
                    }
                ]
            }
        }
    }

    func makeConnection() -> HTTPConnection { HTTPConnection(connector: self.connector, url: self.builder.url) }

    func makeWebSocketHandler() -> WebSocketHandler {
        WebSocketHandler(
            session: self, loop: self.loop, traffic: self.webSocketTraffic,
            maximumMessageSize: self.configuration.maximumMessageSize,
            isSecure: self.builder.url.isSecure)
    }

    /// Follows a redirect of the handshake; the session stays where it led.
    private func follow(_ response: HTTPResponse, again: () -> Void) -> Bool {
        guard [301, 302, 303, 307, 308].contains(response.status),
            let location = response.headers.first(name: "Location")
        else { return false }
        self.redirectsLeft -= 1
        if self.redirectsLeft < 0 {
            self.attemptFailed(
                ConnectionError(.http, "the server redirects more than five times", status: response.status))
            return true
        }
        do {
            try self.builder.follow(location: location)
        } catch {
            self.attemptFailed(error)
            return true
        }
        self.dropTransports()
        again()
        return true
    }

    /// One transport could not connect: the next is tried if there is one and the program wants that.
    func attemptFailed(_ error: ConnectionError) {
        guard self.machine.state == .connecting else { return }
        self.dropTransports()
        self.transport = nil
        self.payload = nil
        if self.options.triesAllTransports, !self.transportsLeft.isEmpty {
            self.observer.logger.info("\(self.explained(error)); trying the next transport")
            return self.startNextTransport()
        }
        self.fail(error)
    }

    private func connectTimedOut() {
        let limit = ErrorText.seconds(self.configuration.connectTimeout)
        if self.machine.state == .connecting {
            self.fail(ConnectionError(self.phase, "connecting took longer than \(limit)", cause: "connect_timeout"))
        } else {
            self.upgradeFailed("connecting took longer than \(limit)")
        }
    }

    /// The transport that was tried last.
    var attempted: Transport? {
        let next = self.transportsLeft.startIndex
        return next > 0 ? self.options.transports[next - 1] : nil
    }

    /// How far connecting has come.
    private var phase: ConnectionError.Phase {
        if self.webSocket != nil { return .open }
        return self.handshaking?.phase ?? self.pollConnection?.phase ?? .tcp
    }

    func explained(_ error: ConnectionError) -> ConnectionError {
        error.explained(by: self.builder, self.attempted ?? .polling)
    }

    private func fail(_ error: ConnectionError) {
        guard self.machine.ended() == .connecting else { return }
        var error = self.explained(error)
        error.isMeasured = self.observer.meter != nil
        self.observer.meter?.connectEnded(.failed(error), self.attempted)
        self.cleanUp()
        self.observer.logger.info("Connection failed: \(error)")
        self.tellFailure(error)
    }
}
