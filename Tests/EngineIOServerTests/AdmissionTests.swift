import NIOCore
import Testing

@testable import EngineIOServer

/// Which requests are refused for their `Host` and `Origin`.
struct AdmissionTests {
    private static func refuses(
        _ hosts: [String], _ origins: [String] = [], listening: String = "127.0.0.1", at address: String = "127.0.0.1",
        allowed: [String] = []
    ) throws -> Bool {
        var configuration = ServerConfiguration()
        configuration.host = listening
        configuration.allowedOrigins = try allowed.map { try #require(AllowedOrigin($0)) }
        let address = try SocketAddress(ipAddress: address, port: 5000)
        return Admission(configuration).refusal(hosts: hosts, origins: origins, address: address) != nil
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:5000", "127.9.9.9:1", "localhost", "LocalHost:80", "localhost.:80", "a.localhost",
        "[::1]", "[::1]:5000", "[::ffff:127.0.0.1]:1", "",
    ])
    func loopbackIsTaken(host: String) throws { #expect(try !Self.refuses([host])) }

    @Test(arguments: [
        "evil.example", "evil.example:5000", "localhost.evil.example", "evillocalhost", "127.0.0.1.evil.example",
        "10.0.0.1", "[2001:db8::1]:5000", "0.0.0.0", "127.0.0.1:x", "a b", "localhost:80:80", "[::1", "user@localhost",
        "localhost/", "\u{1B}[31m",
    ])
    func othersAreRefused(host: String) throws { #expect(try Self.refuses([host])) }

    @Test func everyHostHeaderCounts() throws {
        #expect(try !Self.refuses([]))
        #expect(try Self.refuses(["localhost", "evil.example"]))
    }

    @Test func theAddressAndTheNameThatItListensAtAreTaken() throws {
        #expect(try !Self.refuses(["10.0.0.1:80"], listening: "10.0.0.1", at: "10.0.0.1"))
        #expect(try !Self.refuses(["eio.internal"], listening: "EIO.internal", at: "10.0.0.1"))
        #expect(try Self.refuses(["10.0.0.2"], listening: "10.0.0.1", at: "10.0.0.1"))
    }

    @Test(arguments: ["0.0.0.0", "::", "0:0:0:0:0:0:0:0", "::0"])
    func aServerAtAllAddressesTakesAddressesAndNoNames(listening: String) throws {
        for host in ["192.0.2.7:80", "[2001:db8::1]", "localhost"] {
            #expect(try !Self.refuses([host], listening: listening, at: "172.17.0.2"))
        }
        #expect(try Self.refuses(["evil.example"], listening: listening, at: "172.17.0.2"))
        #expect(try !Self.refuses(["eio:5000"], listening: listening, at: "172.17.0.2", allowed: ["http://eio"]))
    }

    /// The message of a refusal says so.
    @Test func anAddressThatIsAllowedIsTaken() throws {
        #expect(try Self.refuses(["10.0.0.1:80"]))
        #expect(try !Self.refuses(["10.0.0.1:80"], allowed: ["http://10.0.0.1"]))
    }

    @Test(arguments: [
        ("localhost:5000", "http://localhost:5000"), ("localhost", "http://localhost"),
        ("localhost", "http://localhost:80"), ("localhost:80", "http://localhost"), ("localhost", "https://localhost"),
        ("localhost:443", "https://localhost"), ("LOCALHOST:5000", "http://localhost:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
    ])
    func theServersOwnPagesAreTaken(host: String, origin: String) throws {
        #expect(try !Self.refuses([host], [origin]))
    }

    @Test(arguments: [
        "http://evil.example", "http://localhost:3000", "http://127.0.0.1:5000", "null", "", "localhost:5000",
        "http://localhost:5000/", "http://localhost:5000@evil.example", "file://", "https://localhost",
        "chrome-extension://abc",
    ])
    func pagesOfOtherOriginsAreRefused(origin: String) throws {
        #expect(try Self.refuses(["localhost:5000"], [origin]))
        #expect(try Self.refuses(["localhost:5000"], ["http://localhost:5000", origin]))
    }

    @Test func whatIsAllowedIsTaken() throws {
        let allowed = ["http://App.example:3000", "null"]
        for origin in ["http://app.example:3000", "HTTP://APP.example:3000", "null"] {
            #expect(try !Self.refuses(["localhost"], [origin], allowed: allowed))
        }
        for origin in ["http://app.example", "https://app.example:3000", "http://x.app.example:3000"] {
            #expect(try Self.refuses(["localhost"], [origin], allowed: allowed))
        }
        #expect(try !Self.refuses(["app.example:9"], allowed: allowed))
        #expect(try Self.refuses(["null"], allowed: allowed))
        #expect(try !Self.refuses(["evil.example"], ["http://evil2.example"], allowed: ["*"]))
    }

    @Test(arguments: [
        "", "x", "http://", "http://x/", "http://x/y", "ws://x", "http://x:99999", "http://x y", "//x", "**",
    ])
    func otherTextIsNotAnOrigin(text: String) { #expect(AllowedOrigin(text) == nil) }

    @Test func theReasonIsShortAndPrintable() throws {
        var configuration = ServerConfiguration()
        configuration.host = "127.0.0.1"
        let admission = Admission(configuration)
        for text in ["http://\u{1B}[31m\"\\evil", "http://" + "x" * 5000] {
            let reason = try #require(admission.refusal(hosts: ["localhost"], origins: [text], address: nil))
            #expect(reason.utf8.count < 500)
            #expect(reason.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" })
        }
    }
}
