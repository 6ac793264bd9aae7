import Glibc
import NIOCore
import TestSupport
import Testing

@testable import EpollLoop

@Suite(.timeLimit(.minutes(5))) struct SocketConnectorTests {
    private typealias Outcome = Result<SocketChannel, ConnectionRaceError>

    private static func connect(
        _ loop: EpollEventLoop, v6: [SocketAddress] = [], v4: [SocketAddress], from local: SocketAddress? = nil
    ) async throws -> Outcome {
        let promise = loop.makePromise(of: Outcome.self)
        try await loop.submit {
            let hasReturned = Box<Bool>()
            _ = SocketConnector(on: loop, v6: v6, v4: v4, localAddress: local, waterMark: .init(low: 1, high: 2)) {
                #expect(hasReturned.value == true)
                promise.succeed($0)
            }
            hasReturned.value = true
        }.get()
        return try await promise.futureResult.get()
    }

    /// An address that refuses.
    private static func closedAddress() throws -> SocketAddress {
        let listener = try Listener()
        listener.close()
        return listener.address
    }

    private static func codes(_ outcome: Outcome) -> [CInt]? {
        guard case .failure(let error) = outcome else { return nil }
        return error.attempts.map { ($0 as? IOError)?.errnoCode ?? -1 }
    }

    @Test func connectsFromTheAddressThatIsAskedFor() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let local = try SocketAddress(ipAddress: "127.0.0.2", port: 0)
            let channel = try await Self.connect(group.loop, v4: [listener.address], from: local).get()
            let addresses = try await channel.eventLoop.submit { (channel.localAddress, channel.remoteAddress) }.get()
            #expect(addresses.0?.ipAddress == "127.0.0.2")
            #expect(addresses.0?.port != 0)
            #expect(addresses.1 == listener.address)
            try listener.accept().close()
        }
    }

    @Test func allRefusalsAreReported() async throws {
        let closed = [try Self.closedAddress(), try Self.closedAddress()]
        try await withGroup { group in
            let outcome = try await Self.connect(group.loop, v4: closed)
            #expect(Self.codes(outcome) == [ECONNREFUSED, ECONNREFUSED])
            let none = try await Self.connect(group.loop, v4: [])
            #expect(Self.codes(none) == [])
            // Such an address is nobody's here: the failure is there before the system tries.
            let foreign = try SocketAddress(ipAddress: "192.0.2.1", port: 0)
            let unbound = try await Self.connect(group.loop, v4: closed, from: foreign)
            #expect(Self.codes(unbound) == [EADDRNOTAVAIL, EADDRNOTAVAIL])
        }
    }

    @Test func failureGoesOnToTheNextAddress() async throws {
        let listener = try Listener()
        defer { listener.close() }
        let closed = try Self.closedAddress()
        // Refused, or not there at all on a machine without IPv6.
        let v6 = try SocketAddress(ipAddress: "::1", port: closed.port ?? 0)
        try await withGroup { group in
            let channel = try await Self.connect(group.loop, v6: [v6], v4: [closed, listener.address]).get()
            let remote = try await channel.eventLoop.submit { channel.remoteAddress }.get()
            #expect(remote == listener.address)
            try listener.accept().close()
        }
    }

    @Test func silentAddressDoesNotKeepTheNextWaiting() async throws {
        let (silent, listener) = (try Listener(backlog: 0), try Listener())
        defer { [silent, listener].forEach { $0.close() } }
        // Its queue is full then: the system drops further connections.
        let fillers = (0..<4).map { _ in
            let filler = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            _ = silent.address.withSockAddr { Glibc.connect(filler, $0, socklen_t($1)) }
            return filler
        }
        defer { fillers.forEach { _ = close($0) } }
        try await withGroup { group in
            let channel = try await Self.connect(group.loop, v4: [silent.address, listener.address]).get()
            let remote = try await channel.eventLoop.submit { channel.remoteAddress }.get()
            #expect(remote == listener.address)
            try listener.accept().close()
        }
    }

    @Test func cancelledAttemptLeavesNothingOpen() async throws {
        let listener = try Listener()
        defer { listener.close() }
        try await withGroup { group in
            let (loop, outcomes) = (try group.loop, Log<Bool>())
            try await loop.submit {
                let connector = SocketConnector(
                    on: loop, v6: [], v4: [listener.address, listener.address], localAddress: nil,
                    waterMark: .init(low: 1, high: 2)
                ) { _ in outcomes.append(true) }
                #expect(Descriptors.connected(to: listener.address) == 1)
                connector.cancel()
                #expect(Descriptors.connected(to: listener.address) == 0)
            }.get()
            let peer = try listener.accept()
            #expect(peer.read().isEmpty)
            peer.close()
            try await loop.submit {}.get()
            #expect(outcomes.values.isEmpty)
        }
    }
}
