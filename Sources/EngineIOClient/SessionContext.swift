import EngineIO
import NIOCore

/// Settings and services that a session shares with its transports.
final class SessionContext {
    let connector: Connector
    var requests: RequestBuilder
    /// The transports that may be used; the first is the one to start with.
    let transports: [Transport]
    /// Whether the next transport is tried when the first cannot connect.
    let triesAllTransports: Bool

    init(_ settings: ClientSettings, options: ConnectOptions, observer: SessionObserver) {
        self.connector = Connector(settings, observer: observer)
        self.requests = RequestBuilder(
            options, settings.configuration, cookies: settings.cookies, logger: observer.logger)
        self.transports = options.transports
        self.triesAllTransports = options.triesAllTransports
    }

    var loop: ClientLoop { self.connector.loop }
    var configuration: ClientConfiguration { self.connector.configuration }
    var observer: SessionObserver { self.connector.observer }

    /// Calls `body` on the loop after everything that is under way now.
    func later(_ body: @escaping () -> Void) { self.loop.eventLoop.assumeIsolated().execute(body) }
}
