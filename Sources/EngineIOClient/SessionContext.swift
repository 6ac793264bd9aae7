import EngineIO
import NIOCore

/// Settings and services that a session shares with its transports.
final class SessionContext {
    let loop: ClientLoop
    let options: ConnectOptions
    let configuration: ClientConfiguration
    let observer: SessionObserver
    let connector: Connector
    var requests: RequestBuilder

    init(
        loop: ClientLoop, options: ConnectOptions, configuration: ClientConfiguration, cookies: CookieStore,
        observer: SessionObserver
    ) {
        self.loop = loop
        self.options = options
        self.configuration = configuration
        self.observer = observer
        self.connector = Connector(loop: loop, configuration: configuration, observer: observer)
        self.requests = RequestBuilder(
            options, timestamps: configuration.timestampsRequests, cookies: cookies, logger: observer.logger)
    }

    /// Calls `body` on the loop after everything that is under way now.
    func later(_ body: @escaping () -> Void) { self.loop.eventLoop.assumeIsolated().execute(body) }
}
