import Glibc
import NIOCore

/// The operations that a pipeline's head needs of its channel.
extension SocketChannel: ChannelCore {
    package func localAddress0() throws -> SocketAddress { try self.address(getsockname) }

    package func remoteAddress0() throws -> SocketAddress { try self.address(getpeername) }

    private func address(
        _ call: (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) throws -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(self.descriptor, $0, &length) }
        }
        guard status == 0 else { throw IOError(errnoCode: errno, reason: "getsockname") }
        return try withUnsafeBytes(of: storage) {
            switch CInt(storage.ss_family) {
            case AF_INET: SocketAddress($0.load(as: sockaddr_in.self))
            case AF_INET6: SocketAddress($0.load(as: sockaddr_in6.self))
            default: throw ChannelError.operationUnsupported
            }
        }
    }

    package func register0(promise: EventLoopPromise<Void>?) { promise?.succeed() }

    package func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    package func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.enqueue(self.unwrapData(data, as: ByteBuffer.self), promise)
    }

    package func flush0() { self.flushPending() }

    /// It reads by itself.
    package func read0() {}

    package func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all else { return promise?.fail(ChannelError.operationUnsupported) ?? () }
        guard self.isActive else { return promise?.fail(ChannelError.alreadyClosed) ?? () }
        self.close(because: error)
        promise?.succeed()
    }

    package func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    /// Events and errors that no handler took.
    package func channelRead0(_ data: NIOAny) {}

    package func errorCaught0(error: any Error) {}
}

extension SocketChannel {
    package var syncOptions: (any NIOSynchronousChannelOptions)? { SocketOptions(channel: self) }

    package func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        self.eventLoop.submit { try SocketOptions(channel: self).setOption(option, value: value) }
    }

    package func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        self.eventLoop.submit { try SocketOptions(channel: self).getOption(option) }
    }
}

/// The options that handlers ask for.
private struct SocketOptions: NIOSynchronousChannelOptions {
    let channel: SocketChannel

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
        switch (option, value) {
        case (is ChannelOptions.Types.AutoReadOption, let value as Bool): self.channel.setAutoRead(value)
        default: throw ChannelError.operationUnsupported
        }
    }

    func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        let value: Any
        switch option {
        case is ChannelOptions.Types.AutoReadOption: value = self.channel.autoRead
        case is ChannelOptions.Types.AllowRemoteHalfClosureOption: value = false
        case is ChannelOptions.Types.BufferedWritableBytesOption: value = self.channel.bufferedBytes
        default: throw ChannelError.operationUnsupported
        }
        guard let value = value as? Option.Value else { throw ChannelError.operationUnsupported }
        return value
    }
}
