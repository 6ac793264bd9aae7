import NIOCore
import NIOEmbedded
import Testing

@testable import LoadOutput

/// Which connection ends if there are too many, and when one has taken too long.
struct BoundedConnectionsTests {
    private let loop = EmbeddedEventLoop()
    private let connections = BoundedConnections(limit: 3)

    private func admit() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(loop: self.loop)
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        self.connections.admit(channel, for: .seconds(10))
        return channel
    }

    @Test func theOldestEnds() throws {
        let channels = try (0..<5).map { _ in try self.admit() }
        self.loop.run()
        #expect(channels.map(\.isActive) == [false, false, true, true, true])
    }

    @Test func oneInUseStaysUntilAllAre() throws {
        var channels = try (0..<2).map { _ in try self.admit() }
        channels.forEach(self.connections.use)
        channels += try (0..<3).map { _ in try self.admit() }
        self.loop.run()
        #expect(channels.map(\.isActive) == [true, true, false, false, true])
        self.connections.use(channels[4])
        channels.append(try self.admit())
        self.loop.run()
        #expect(channels.map(\.isActive) == [false, true, false, false, true, true])
    }

    @Test func timeEnds() throws {
        let (hanging, extended, used) = (try self.admit(), try self.admit(), try self.admit())
        self.loop.advanceTime(by: .seconds(9))
        self.connections.extend(extended, by: .seconds(60))
        self.connections.use(used)
        #expect(hanging.isActive)
        self.loop.advanceTime(by: .seconds(1))
        #expect([hanging, extended, used].map(\.isActive) == [false, true, true])
        self.loop.advanceTime(by: .seconds(59))
        #expect([extended, used].map(\.isActive) == [false, true])
    }

    @Test func anEndedOneMakesRoom() throws {
        let channels = try (0..<3).map { _ in try self.admit() }
        channels[1].close(promise: nil)
        self.loop.run()
        let last = try self.admit()
        self.loop.run()
        #expect((channels + [last]).map(\.isActive) == [true, false, true, true])
    }
}
