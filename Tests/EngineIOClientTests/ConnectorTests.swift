import EngineIO
import Glibc
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import EngineIOClient

/// A ``Connector`` whose names and sockets are the test's.
struct ConnectorTests {
    private final class Connecting {
        let network = MemoryNetwork()
        let progress: ConnectionProgress
        private let results: Results

        init(
            _ url: String, _ configuration: ClientConfiguration = ClientConfiguration(),
            for transport: Transport = .polling
        ) throws {
            let results = Results()
            self.progress = self.network.connector(configuration).connect(to: try ServerURL(url), for: transport) {
                results.values.append($0)
            }
            // Never before the function has returned.
            #expect(results.values.isEmpty)
            self.results = results
        }

        var result: Result<any Channel, ConnectionError>? { self.results.values.last }
        var count: Int { self.results.values.count }
        var channel: (any Channel)? { try? self.result?.get() }
        var error: ConnectionError? { if case .failure(let error)? = self.result { error } else { nil } }
    }

    private final class Results {
        var values: [Result<any Channel, ConnectionError>] = []
    }

    private static let local4 = try? SocketAddress(ipAddress: "10.0.0.1", port: 0)

    @Test func anAddressIsNotLookedUp() throws {
        for (url, v4, v6) in [("http://127.0.0.1:5", 1, 0), ("ws://[::1]:5", 0, 1)] {
            let connecting = try Connecting(url)
            #expect(connecting.network.lookups.isEmpty)
            #expect(connecting.progress.phase == .tcp)
            let addresses = try #require(connecting.network.attempts.first?.addresses)
            #expect((addresses.v4.count, addresses.v6.count) == (v4, v6))
            #expect((addresses.v4 + addresses.v6).first?.port == 5)
            let channel = try connecting.network.accept()
            #expect(connecting.channel === channel)
            #expect(connecting.progress.phase == .http)
            #expect(connecting.network.meter.phases == ["tcp polling"])
        }
    }

    @Test func aNameIsLookedUpFirst() throws {
        let connecting = try Connecting("http://Name:81", for: .websocket)
        #expect(connecting.network.lookups.map(\.name) == ["name:81"])
        #expect(connecting.progress.phase == .dns)
        #expect(connecting.network.attempts.isEmpty)
        let addresses = HostAddresses([
            try SocketAddress(ipAddress: "127.0.0.1", port: 81), try SocketAddress(ipAddress: "::1", port: 81),
        ])
        connecting.network.lookups[0].promise.succeed(addresses)
        #expect(connecting.progress.phase == .tcp)
        #expect(connecting.network.attempts.first?.addresses.v4 == addresses.v4)
        #expect(connecting.network.attempts.first?.addresses.v6 == addresses.v6)
        try connecting.network.accept()
        #expect(connecting.network.meter.phases == ["dns websocket", "tcp websocket"])
        #expect(connecting.count == 1)
    }

    @Test func onlyAddressesThatTheLocalOneReachesAreTried() throws {
        var configuration = ClientConfiguration()
        configuration.localAddress = Self.local4
        let connecting = try Connecting("http://name", configuration)
        connecting.network.lookups[0].promise.succeed(
            HostAddresses([
                try SocketAddress(ipAddress: "127.0.0.1", port: 80), try SocketAddress(ipAddress: "::1", port: 80),
            ]))
        #expect(connecting.network.attempts.first?.addresses.v4.count == 1)
        #expect(connecting.network.attempts.first?.addresses.v6.isEmpty == true)
    }

    @Test func anUnknownNameIsAnErrorOfItsPhase() throws {
        let connecting = try Connecting("http://name")
        connecting.network.lookups[0].promise.fail(HostLookupError(reason: "Name or service not known"))
        #expect(connecting.error?.phase == .dns)
        #expect(connecting.error?.description == "cannot find the host \"name\": Name or service not known")
        #expect(connecting.network.attempts.isEmpty)
    }

    @Test(arguments: [
        ("http://127.0.0.1:9", ECONNREFUSED, "tcp", "cannot connect to 127.0.0.1:9: Connection refused"),
        // A reset connection had been open.
        ("http://127.0.0.1:9", ECONNRESET, "http", "the connection was lost: Connection reset by peer"),
        ("https://127.0.0.1:9", ECONNRESET, "tls", "the connection was lost: Connection reset by peer"),
    ])
    func anAddressThatDoesNotAnswer(url: String, code: CInt, phase: String, text: String) throws {
        let connecting = try Connecting(url)
        connecting.network.fail(IOError(errnoCode: code, reason: ""))
        #expect(connecting.error?.phase.rawValue == phase)
        #expect(connecting.error?.description == text)
        #expect(connecting.network.meter.phases.isEmpty)
    }

    @Test func anAbandonedAttemptEnds() throws {
        let connecting = try Connecting("http://127.0.0.1")
        connecting.progress.abandon()
        #expect(connecting.network.cancelled == 1)
        let named = try Connecting("http://name")
        named.progress.abandon()
        named.network.lookups[0].promise.succeed(HostAddresses())
        #expect(named.network.attempts.isEmpty)
        #expect(named.count == 0)
        // One that has delivered its channel cancels nothing.
        let done = try Connecting("http://127.0.0.1")
        try done.network.accept()
        done.progress.abandon()
        #expect(done.network.cancelled == 0)
        #expect(done.channel?.isActive == true)
    }

    @Test(
        arguments: [
            ("https://example.test", "example.test"), ("wss://Example.test.:444", "example.test"),
            ("https://127.0.0.1", nil), ("https://[2001:db8::1]", nil),
        ] as [(String, String?)])
    func aSecureConnectionBeginsWithTLS(url: String, name: String?) throws {
        let connecting = try Connecting(url)
        if let lookup = connecting.network.lookups.first {
            lookup.promise.succeed(HostAddresses([try SocketAddress(ipAddress: "127.0.0.1", port: 443)]))
        }
        let channel = try connecting.network.accept()
        #expect(connecting.channel === channel)
        #expect(connecting.progress.phase == .tls)
        var hello = try #require(try channel.readOutbound(as: ByteBuffer.self))
        #expect(hello.readBytes(length: 2) == [22, 3])
        let bytes = Array(hello.readableBytesView)
        // The name is sent without the dot at its end, and an address is not sent (RFC 6066, section 3).
        #expect(bytes.contains(Array("example.test".utf8)) == (name != nil))
        #expect(!bytes.contains(Array("test.".utf8)))
        #expect(!bytes.contains(Array("127.0.0.1".utf8)) && !bytes.contains(Array("2001:db8::1".utf8)))
        #expect(throws: Never.self) {
            _ = try channel.pipeline.syncOperations.handler(type: TLSHandshakeWatcher.self)
        }
        #expect(connecting.network.meter.phases.last == "tcp polling")
        try channel.close().wait()
    }

    @Test func plainConnectionsHaveNoTLS() throws {
        let connecting = try Connecting("http://127.0.0.1")
        let channel = try connecting.network.accept()
        #expect(throws: ChannelPipelineError.self) {
            _ = try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)
        }
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test func aMissingFileOfAuthoritiesIsAnErrorBeforeAnyConnection() throws {
        var configuration = ClientConfiguration()
        configuration.authoritiesFile = "/nowhere/ca.pem"
        let connecting = try Connecting("https://127.0.0.1", configuration)
        connecting.network.eventLoop.run()
        #expect(connecting.error?.phase == .tls)
        #expect(connecting.error?.message == "cannot read the certificates in /nowhere/ca.pem")
        #expect(connecting.network.attempts.isEmpty)
    }

    @Test func theTimeOfTheLastConnectionIsKept() throws {
        let network = MemoryNetwork()
        let connector = network.connector()
        let before = NIODeadline.now()
        _ = connector.connect(to: try ServerURL("http://127.0.0.1"), for: .polling) { _ in }
        try network.accept()
        #expect(connector.lastConnected >= before)
    }
}
