import Glibc
import NIOCore

/// Connects to one of a host's addresses.
package final class SocketConnector {
    private let loop: EpollEventLoop
    private let localAddress: SocketAddress?
    private let waterMark: ChannelOptions.Types.WriteBufferWaterMark
    private var race: ConnectionRace
    private var completion: ((Result<SocketChannel, ConnectionRaceError>) -> Void)?
    private var channels: [SocketChannel] = []
    private var errors: [any Error] = []
    private var patience: Scheduled<Void>?

    /// - Parameters:
    ///   - localAddress: where the connections come from; its port is chosen at the connect, so that connections to
    ///     different servers may share one.
    ///   - completion: called once, on the loop, after this has returned; never after ``cancel()``.
    package init(
        on loop: EpollEventLoop, v6: [SocketAddress], v4: [SocketAddress], localAddress: SocketAddress?,
        waterMark: ChannelOptions.Types.WriteBufferWaterMark,
        completion: @escaping (Result<SocketChannel, ConnectionRaceError>) -> Void
    ) {
        self.loop = loop
        self.localAddress = localAddress
        self.waterMark = waterMark
        self.race = ConnectionRace(v6: v6, v4: v4)
        self.completion = completion
        self.perform(self.race.tryNext())
    }

    /// Gives all attempts up.
    package func cancel() {
        self.completion = nil
        self.patience?.cancel()
        for channel in self.channels { channel.close(because: ChannelError.alreadyClosed) }
        self.channels = []
    }

    private func perform(_ action: ConnectionRace.Action) {
        switch action {
        case .wait: break
        case .lose: self.later { $0.finish(.failure(ConnectionRaceError(attempts: $0.errors))) }
        case .connect(let address): self.connect(to: address)
        }
    }

    private func later(_ body: @escaping (SocketConnector) -> Void) {
        self.loop._executeIsolatedUnsafeUnchecked { body(self) }
    }

    private func connect(to address: SocketAddress) {
        self.patience?.cancel()
        if self.race.hasMore {
            self.patience = self.loop.assumeIsolated().scheduleTask(in: ConnectionRace.patience) {
                if self.completion != nil { self.perform(self.race.tryNext()) }
            }
        }
        do {
            self.channels.append(try self.open(address))
        } catch {
            self.later { $0.failed(error) }
        }
    }

    private func open(_ address: SocketAddress) throws -> SocketChannel {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try checked(socket(CInt(address.protocol.rawValue), type, CInt(IPPROTO_TCP)), "socket")
        do {
            try Self.set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY)
            if let localAddress = self.localAddress {
                try Self.set(descriptor, CInt(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT)
                _ = try localAddress.withSockAddr { try checked(bind(descriptor, $0, socklen_t($1)), "bind") }
            }
            try address.withSockAddr { pointer, size in
                if Glibc.connect(descriptor, pointer, socklen_t(size)) < 0, errno != EINPROGRESS {
                    throw IOError(errnoCode: errno, reason: "connect")
                }
            }
            return try SocketChannel(connecting: descriptor, on: self.loop, waterMark: self.waterMark) { result in
                switch result {
                case .success: self.connected(descriptor)
                case .failure(let error): self.failed(error)
                }
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    private func connected(_ descriptor: CInt) {
        guard let index = self.channels.firstIndex(where: { $0.descriptor == descriptor }) else { return }
        self.finish(.success(self.channels.remove(at: index)))
    }

    private func failed(_ error: any Error) {
        guard self.completion != nil else { return }
        self.errors.append(error)
        self.channels.removeAll { !$0.isActive }
        self.perform(self.race.failed())
    }

    private func finish(_ result: Result<SocketChannel, ConnectionRaceError>) {
        guard let completion = self.completion else { return }
        self.cancel()
        completion(result)
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt) throws {
        var on: CInt = 1
        try checked(
            setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<CInt>.size)), "setsockopt")
    }
}
