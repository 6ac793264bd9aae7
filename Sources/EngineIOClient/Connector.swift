import EngineIO
import NIOCore
import NIOSSL

/// Opens TCP connections, and puts TLS on them where the url asks for it.
struct Connector {
    let loop: ClientLoop
    let configuration: ClientConfiguration
    let observer: SessionObserver
    /// When the last connection was there, its TLS included.
    let lastConnected = ConnectionClock()

    /// Connects to the url's host. A name with several addresses is tried by all of them (RFC 8305).
    ///
    /// - Parameters:
    ///   - transport: what the connection is for.
    ///   - completion: called on the loop, never before this function has returned.
    /// - Returns: how far it has come.
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
        let opener = SocketOpener(
            eventLoop: self.loop.eventLoop, localAddress: self.configuration.localAddress, waterMark: self.waterMark)
        let opened = { (result: Result<any Channel, any Error>) in
            switch result {
            case .failure(let error):
                completion(.failure(ConnectionError(connecting: error, to: url)))
            case .success(let channel):
                progress.isOver = true
                do {
                    self.observer.meter?.phaseEnded(.tcp, transport, after: progress.enter(url.isSecure ? .tls : .http))
                    self.lastConnected.time = progress.phaseStart
                    if let tls { try self.addTLS(tls, to: channel, url: url, transport) }
                    completion(.success(channel))
                } catch {
                    channel.close(promise: nil)
                    completion(.failure(ConnectionError(.tls, "cannot start TLS", cause: ErrorText.of(error))))
                }
            }
        }
        if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
            opener.open(HostAddresses([address]), of: url, progress, opened)
            return progress
        }
        progress.phase = .dns
        self.loop.resolver.lookUp(url.host, port: url.port).assumeIsolated().whenComplete { result in
            guard !progress.isOver else { return }
            switch result {
            case .failure(let error):
                opened(.failure(error))
            case .success(let addresses):
                self.observer.meter?.phaseEnded(.dns, transport, after: progress.enter(.tcp))
                let reachable = addresses.reachable(from: self.configuration.localAddress?.protocol)
                opener.open(reachable, of: url, progress, opened)
            }
        }
        return progress
    }

    /// `isWritable` tells senders to wait: it turns false above the limit and true again below half of it.
    private var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
        let high = max(self.configuration.maximumBuffered, 2)
        return .init(low: high / 2, high: high)
    }

    private func addTLS(_ trust: TLSTrust, to channel: any Channel, url: ServerURL, _ transport: Transport) throws {
        let name = Self.serverName(of: url)
        let verification = self.configuration.verifiesCertificates ? PeerVerification(named: trust.named) : nil
        let handler =
            try verification.map { try NIOSSLClientHandler.verifying(trust.context, serverName: name, $0) }
            ?? NIOSSLClientHandler(context: trust.context, serverHostname: name)
        let (meter, clock) = (self.observer.meter, self.lastConnected)
        let watcher = TLSHandshakeWatcher(verification) { time in
            meter?.phaseEnded(.tls, transport, after: time)
            clock.time = .now()
        }
        // The handshake begins, and may fail, when its handler is there.
        try channel.pipeline.syncOperations.addHandler(watcher)
        try channel.pipeline.syncOperations.addHandler(handler, position: .before(watcher))
    }

    /// What the server is asked for by name, and its certificate is checked against; nil for an address, which must not be asked
    /// for (RFC 6066, section 3): the certificate is then checked against the address.
    private static func serverName(of url: ServerURL) -> String? {
        if url.isIPv6Literal || (try? SocketAddress(ipAddress: url.host, port: 0)) != nil { return nil }
        // The dot that ends an absolute name is not part of the name here (RFC 6066, section 3).
        return url.host.utf8.last == UInt8(ascii: ".") ? String(url.host.dropLast()) : url.host
    }
}

/// A time that copies of a connector share.
final class ConnectionClock {
    var time = NIODeadline.uptimeNanoseconds(0)
}

/// How far one attempt to open a connection has come.
final class ConnectionProgress {
    fileprivate(set) var phase = ConnectionError.Phase.tcp
    fileprivate(set) var phaseStart = NIODeadline.now()
    /// The channel is its receiver's, or nobody's any more.
    fileprivate(set) var isOver = false {
        didSet { self.attempts = [] }
    }
    /// End those that are under way.
    private var attempts: [() -> Void] = []

    /// - Parameter cancel: ends what has begun.
    func began(_ cancel: @escaping () -> Void) {
        if self.isOver { cancel() } else { self.attempts.append(cancel) }
    }

    /// Ends an attempt that nobody waits for any more.
    func abandon() {
        let attempts = self.attempts
        self.isOver = true
        for cancel in attempts { cancel() }
    }

    /// Returns how long the phase before took.
    fileprivate func enter(_ phase: ConnectionError.Phase) -> TimeAmount {
        let before = self.phaseStart
        self.phase = phase
        self.phaseStart = .now()
        return self.phaseStart - before
    }
}
