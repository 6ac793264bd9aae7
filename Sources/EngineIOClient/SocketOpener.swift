import EngineIO
import EpollLoop
import Glibc
import NIOCore
import NIOPosix

/// Opens a TCP connection to one of a host's addresses, on whatever kind of loop it is given.
struct SocketOpener {
    let eventLoop: any EventLoop
    let localAddress: SocketAddress?
    let waterMark: ChannelOptions.Types.WriteBufferWaterMark

    /// - Parameters:
    ///   - progress: ends the attempt.
    ///   - completion: called on the loop, never before this function has returned, and not after the attempt has
    ///     ended.
    func open(
        _ addresses: HostAddresses, of url: ServerURL, _ progress: ConnectionProgress,
        _ completion: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        if let eventLoop = self.eventLoop as? EpollEventLoop {
            let connector = SocketConnector(
                on: eventLoop, v6: addresses.v6, v4: addresses.v4, localAddress: self.localAddress,
                waterMark: self.waterMark
            ) { result in
                completion(result.map { $0 as any Channel }.mapError { $0 as any Error })
            }
            progress.began { connector.cancel() }
        } else {
            self.bootstrap(addresses, of: url, progress, completion)
        }
    }

    private func bootstrap(
        _ addresses: HostAddresses, of url: ServerURL, _ progress: ConnectionProgress,
        _ completion: @escaping (Result<any Channel, any Error>) -> Void
    ) {
        let attempt = NIOLoopBound(progress, eventLoop: self.eventLoop)
        var bootstrap = ClientBootstrap(group: self.eventLoop)
            // The caller has a timer that allows for a loop that was held up, and abandons the attempt.
            .connectTimeout(.hours(1))
            .channelInitializer { channel in
                attempt.value.began { channel.close(promise: nil) }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // One read for each event: a second would nearly always find nothing.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeBufferWaterMark, value: self.waterMark)
            .resolver(KnownAddresses(addresses, on: self.eventLoop))
        if let local = self.localAddress {
            // The port is chosen at the connect then: two connections to different servers may share one.
            bootstrap = bootstrap.bind(to: local).channelOption(.ipOption(.bindAddressNoPort), value: 1)
        }
        bootstrap.connect(host: url.host, port: url.port).hop(to: self.eventLoop).assumeIsolated()
            .whenComplete(completion)
    }
}

/// Addresses as a bootstrap wants them, which tries those of both families in turn (RFC 8305).
private struct KnownAddresses: Resolver, Sendable {
    private let v4: EventLoopFuture<[SocketAddress]>
    private let v6: EventLoopFuture<[SocketAddress]>

    init(_ addresses: HostAddresses, on eventLoop: any EventLoop) {
        self.v4 = eventLoop.makeSucceededFuture(addresses.v4)
        self.v6 = eventLoop.makeSucceededFuture(addresses.v6)
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { self.v4 }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { self.v6 }

    func cancelQueries() {}
}

extension NIOBSDSocket.Option {
    fileprivate static let bindAddressNoPort = Self(rawValue: IP_BIND_ADDRESS_NO_PORT)
}
