import NIOCore
import NIOHTTP1
import ProcessSupport
import Testing

@testable import LoadOutput

/// The meaning of requests to the page of a run, and their refusals.
struct WebAccessTests {
    private let access = WebAccess(listeningAt: "127.0.0.1")

    private func request(
        _ method: HTTPMethod, _ uri: String, _ headers: [(String, String)] = [("Host", "127.0.0.1:5665")],
        to access: WebAccess? = nil, at address: String = "127.0.0.1"
    ) -> Result<WebRequest, WebRefusal> {
        let uri = uri.split(separator: "TOKEN" as String, omittingEmptySubsequences: false)
            .joined(separator: self.access.token.text)
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(headers))
        return Result { () throws(WebRefusal) in
            try (access ?? self.access).request(head, address: try? SocketAddress(ipAddress: address, port: 5665))
        }
    }

    private static let host = ("Host", "127.0.0.1:5665")
    private static let origin = ("Origin", "http://127.0.0.1:5665")

    @Test func resources() {
        #expect(self.request(.GET, "/") == .success(.page(mayStop: false)))
        #expect(self.request(.HEAD, "/?x=1") == .success(.page(mayStop: false)))
        #expect(self.request(.GET, "/?token=TOKEN") == .success(.page(mayStop: true)))
        #expect(self.request(.GET, "/?a=b&token=TOKEN&c") == .success(.page(mayStop: true)))
        #expect(self.request(.GET, "/report.html") == .success(.report))
        #expect(self.request(.GET, "/events") == .success(.events(since: 0)))
        #expect(self.request(.GET, "/events?since=7") == .success(.events(since: 7)))
        #expect(self.request(.POST, "/stop?token=TOKEN", [Self.host, Self.origin]) == .success(.stop))
    }

    @Test func theLastEventThatABrowserHasCounts() {
        let request = { (id: String) in self.request(.GET, "/events?since=7", [Self.host, ("Last-Event-ID", id)]) }
        #expect(request("12") == .success(.events(since: 12)))
        #expect(request("") == .success(.events(since: 7)))
        for id in ["x", "-1", "1.5", "99999999999999999999"] { #expect(request(id) == .failure(.notVersion)) }
    }

    @Test(arguments: [
        "", "x", "TOKENx", "xTOKEN", "TOKEN&token=x", "x&token=TOKEN", "TOKEN%20", "00000000000000000000000000000000",
    ])
    func wrongTokens(token: String) {
        #expect(self.request(.GET, "/?token=\(token)") == .failure(.wrongToken))
        #expect(self.request(.POST, "/stop?token=\(token)", [Self.host, Self.origin]) == .failure(.wrongToken))
    }

    @Test func stoppingNeedsThePageAndTheToken() {
        #expect(self.request(.GET, "/stop?token=TOKEN", [Self.host, Self.origin]) == .failure(.method(.POST)))
        #expect(self.request(.POST, "/stop", [Self.host, Self.origin]) == .failure(.missingToken))
        #expect(self.request(.POST, "/stop?token=TOKEN", [Self.host]) == .failure(.missingOrigin))
        #expect(self.request(.POST, "/stop?token=TOKEN", [Self.origin]) == .failure(.foreignOrigin))
        for origin in [
            "http://127.0.0.1", "http://localhost:5665", "https://127.0.0.1", "null", "http://evil.example", "",
        ] {
            #expect(
                self.request(.POST, "/stop?token=TOKEN", [Self.host, ("Origin", origin)]) == .failure(.foreignOrigin))
            #expect(
                self.request(.POST, "/stop?token=TOKEN", [Self.host, Self.origin, ("Origin", origin)])
                    == .failure(.foreignOrigin))
        }
    }

    @Test(arguments: ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "[::2]", "a b", ""])
    func foreignHosts(host: String) {
        for uri in ["/", "/events", "/report.html", "/nothing"] {
            #expect(self.request(.GET, uri, [("Host", host)]) == .failure(.foreignHost))
        }
    }

    @Test func aServerAtAllAddressesHasTheMachinesName() {
        let access = WebAccess(listeningAt: "0.0.0.0")
        #expect(access.isForOthers && !self.access.isForOthers)
        for (host, isOwn) in [("192.0.2.1", true), (hostName(), true), ("localhost", true), ("evil.example", false)] {
            let answer = self.request(.GET, "/", [("Host", host)], to: access, at: "172.17.0.2")
            #expect(answer == (isOwn ? .success(.page(mayStop: false)) : .failure(.foreignHost)), "\(host)")
        }
        #expect(self.request(.GET, "/", [("Host", hostName())]) == .failure(.foreignHost))
    }

    @Test(arguments: ["/x", "//", "/index.html", "/stop/", "http://127.0.0.1:5665/", "*", ""])
    func unknownPaths(uri: String) { #expect(self.request(.GET, uri) == .failure(.unknownPath)) }

    @Test func otherMethods() {
        for uri in ["/", "/report.html", "/events"] {
            #expect(self.request(.POST, uri) == .failure(.method(.GET)))
        }
        #expect(self.request(.HEAD, "/events") == .failure(.method(.GET)))
        #expect(WebRefusal.method(.GET).answer.headers.contains { $0 == ("Allow", "GET") })
    }
}
