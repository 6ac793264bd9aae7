import EngineIO
import NIOCore
import NIOSSL

/// Opens the TCP connections of one session, and adds TLS to them if the url is secure.
final class Connector {
    /// Opens a TCP connection: ``SocketOpener/open(_:of:_:_:)``, or a test's own.
    typealias SocketOpening = (
        _ addresses: HostAddresses, _ url: ServerURL, _ progress: ConnectionProgress,
        _ completion: @escaping (Result<any Channel, any Error>) -> Void
    ) -> Void
    /// Looks up a name on the loop: ``HostResolver/lookUp(_:port:)``, or a test's own.
    typealias HostLookup = (_ host: String, _ port: Int) -> EventLoopFuture<HostAddresses>

    private let settings: ClientSettings
    let observer: SessionObserver
    /// The time at which the last connection was established, including TLS.
    private(set) var lastConnected = NIODeadline.uptimeNanoseconds(0)
    /// A test's own. An idle session keeps its connector, so the usual functions are not stored.
    private let openOverride: SocketOpening?
    private let lookUpOverride: HostLookup?

    /// - Parameters:
    ///   - open: nil opens sockets on the loop.
    ///   - lookUp: nil uses the system's resolver.
    init(
        _ settings: ClientSettings, observer: SessionObserver, open: SocketOpening? = nil, lookUp: HostLookup? = nil
    ) {
        self.settings = settings
        self.observer = observer
        self.openOverride = open
        self.lookUpOverride = lookUp
    }

    var loop: ClientLoop { self.settings.loop }
    var configuration: ClientConfiguration { self.settings.configuration }

    private var open: SocketOpening {
        if let open = self.openOverride { return open }
        // Senders wait above the limit, and continue below half of it.
        let high = max(self.configuration.maximumBuffered, 2)
        return SocketOpener(
            eventLoop: self.loop.eventLoop, localAddress: self.configuration.localAddress,
            waterMark: .init(low: high / 2, high: high)
        ).open
    }

    private var lookUp: HostLookup { self.lookUpOverride ?? self.loop.resolver.lookUp }

    /// Connects to the url's host. All addresses of a name are tried (RFC 8305).
    ///
    /// - Parameters:
    ///   - transport: the transport that needs the connection.
    ///   - completion: called on the loop, never before this function has returned.
    /// - Returns: the progress of the attempt.
    func connect(
        to url: ServerURL, for transport: Transport,
        completion: @escaping (Result<any Channel, ConnectionError>) -> Void
    ) -> ConnectionProgress {
        let progress = ConnectionProgress()
        var tls: TLSTrust?
        if url.isSecure {
            do {
                tls = try self.loop.tlsContexts.trust(for: self.configuration)
            } catch {
                self.loop.eventLoop.assumeIsolated().execute { completion(.failure(error)) }
                return progress
            }
        }
        let opened = { (result: Result<any Channel, any Error>) in
            switch result {
            case .failure(let error):
                completion(.failure(ConnectionError(connecting: error, to: url)))
            case .success(let channel):
                progress.finish()
                do {
                    self.observer.meter?.phaseEnded(.tcp, transport, after: progress.enter(url.isSecure ? .tls : .http))
                    self.lastConnected = progress.phaseStart
                    if let tls { try self.addTLS(tls, to: channel, url: url, transport) }
                    completion(.success(channel))
                } catch {
                    channel.close(promise: nil)
                    completion(.failure(ConnectionError(.tls, "cannot start TLS", cause: ErrorText.of(error))))
                }
            }
        }
        if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
            self.open(HostAddresses([address]), url, progress, opened)
            return progress
        }
        progress.enter(.dns)
        self.lookUp(url.host, url.port).assumeIsolated().whenComplete { result in
            guard !progress.isOver else { return }
            switch result {
            case .failure(let error):
                opened(.failure(error))
            case .success(let addresses):
                self.observer.meter?.phaseEnded(.dns, transport, after: progress.enter(.tcp))
                let reachable = addresses.reachable(from: self.configuration.localAddress?.protocol)
                self.open(reachable, url, progress, opened)
            }
        }
        return progress
    }

    private func addTLS(_ trust: TLSTrust, to channel: any Channel, url: ServerURL, _ transport: Transport) throws {
        let name = Self.serverName(of: url)
        let verification =
            self.configuration.verifiesCertificates
            ? PeerVerification(named: trust.named, option: self.configuration.authoritiesOption) : nil
        let handler =
            try verification.map { try NIOSSLClientHandler.verifying(trust.context, serverName: name, $0) }
            ?? NIOSSLClientHandler(context: trust.context, serverHostname: name)
        let watcher = TLSHandshakeWatcher(verification) { time in
            self.observer.meter?.phaseEnded(.tls, transport, after: time)
            self.lastConnected = .now()
        }
        // The handshake starts, and may fail, as soon as its handler is added.
        try channel.pipeline.syncOperations.addHandler(watcher)
        try channel.pipeline.syncOperations.addHandler(handler, position: .before(watcher))
    }

    /// The name that is sent to the server, and that its certificate is checked against. It is nil for an address,
    /// which must not be sent (RFC 6066, section 3): the certificate is then checked against the address.
    private static func serverName(of url: ServerURL) -> String? {
        if url.isIPv6Literal || (try? SocketAddress(ipAddress: url.host, port: 0)) != nil { return nil }
        // The dot that ends an absolute name is not part of the name here (RFC 6066, section 3).
        return url.host.utf8.last == UInt8(ascii: ".") ? String(url.host.dropLast()) : url.host
    }
}
