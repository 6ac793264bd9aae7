import EngineIO
import NIOCore
import NIOPosix
import NIOSSL

/// Opens TCP connections, and puts TLS on them where the url asks for it.
struct Connector {
    let loop: ClientLoop
    let configuration: ClientConfiguration
    let meter: (any SessionMeter)?
    /// When the last connection was there.
    let lastConnected = ConnectionClock()

    /// Connects to the url's host. A name with several addresses is tried by all of them (RFC 8305).
    ///
    /// - Parameter completion: called on the loop, never before this function has returned.
    func connect(
        to url: ServerURL, timeout: TimeAmount, completion: @escaping (Result<any Channel, ConnectionError>) -> Void
    ) {
        var tls: NIOSSLContext?
        if url.isSecure {
            do {
                tls = try self.loop.tlsContexts.context(for: self.configuration)
            } catch {
                self.loop.eventLoop.assumeIsolated().execute { completion(.failure(error)) }
                return
            }
        }
        let started = NIODeadline.now()
        let bootstrap = ClientBootstrap(group: self.loop.eventLoop)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read for each event: a second would nearly always find nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeBufferWaterMark, value: self.waterMark)
        let future: EventLoopFuture<any Channel>
        if let address = try? SocketAddress(ipAddress: url.host, port: url.port) {
            future = bootstrap.connect(to: address)
        } else {
            future = bootstrap.connect(host: url.host, port: url.port)
        }
        future.hop(to: self.loop.eventLoop).assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error):
                completion(.failure(ConnectionError(connecting: error, to: url)))
            case .success(let channel):
                do {
                    if let tls { try self.addTLS(tls, to: channel, url: url) }
                    self.lastConnected.time = .now()
                    self.meter?.connectionOpened(after: self.lastConnected.time - started)
                    completion(.success(channel))
                } catch {
                    channel.close(promise: nil)
                    completion(.failure(ConnectionError(.tls, "cannot start TLS", cause: "\(error)")))
                }
            }
        }
    }

    /// `isWritable` tells senders to wait: it turns false above the limit and true again below half of it.
    private var waterMark: ChannelOptions.Types.WriteBufferWaterMark {
        let high = max(self.configuration.maximumBuffered, 2)
        return .init(low: high / 2, high: high)
    }

    private func addTLS(_ context: NIOSSLContext, to channel: any Channel, url: ServerURL) throws {
        // A server name must not be an address (RFC 6066, section 3); the certificate is then checked against the address.
        let isAddress = url.isIPv6Literal || (try? SocketAddress(ipAddress: url.host, port: 0)) != nil
        let handler = try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : url.host)
        try channel.pipeline.syncOperations.addHandler(handler)
    }
}

/// A time that copies of a connector share.
final class ConnectionClock {
    var time = NIODeadline.uptimeNanoseconds(0)
}

extension ConnectionError {
    /// The server took longer than `timeout` over what `phase` waits for.
    init(timeout: TimeAmount, in phase: Phase, to url: ServerURL) {
        let limit = ErrorText.seconds(timeout)
        switch phase {
        case .tcp: self.init(phase, "cannot connect to \(url.hostHeader)", cause: "no answer within \(limit)")
        case .tls: self.init(phase, "the TLS handshake failed", cause: "it took longer than \(limit)")
        default: self.init(phase, "no answer from the server", cause: "it took longer than \(limit)")
        }
    }

    /// What NIO says of a connection that could not be opened, in words.
    init(connecting error: any Error, to url: ServerURL) {
        switch error {
        case let error as NIOConnectionError:
            if error.connectionErrors.isEmpty, let dns = error.dnsAError ?? error.dnsAAAAError {
                self.init(.dns, "cannot find the host \"\(url.host)\"", cause: ErrorText.of(dns))
            } else if let first = error.connectionErrors.first {
                self.init(.tcp, "cannot connect to \(url.hostHeader)", cause: ErrorText.of(first.error))
            } else {
                self.init(.dns, "the host \"\(url.host)\" has no address")
            }
        case ChannelError.connectTimeout(let amount):
            self.init(
                .tcp, "cannot connect to \(url.hostHeader)",
                cause: "no answer within \(ErrorText.seconds(amount))")
        default:
            self.init(.tcp, "cannot connect to \(url.hostHeader)", cause: ErrorText.of(error))
        }
    }
}
