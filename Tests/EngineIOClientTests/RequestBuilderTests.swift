import EngineIO
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import EngineIOClient

/// The requests that ``RequestBuilder`` makes.
struct RequestBuilderTests {
    private static func builder(
        _ url: String = "http://h:1", path: String = ConnectOptions.defaultPath, hint: MissingPathHint = .engineIO,
        headers: [(name: String, value: String)] = [], timestamps: Bool = false, logger: Logger = .quiet
    ) throws -> RequestBuilder {
        var options = ConnectOptions(url: try ServerURL(url))
        options.engineIOPath = path
        options.missingPathHint = hint
        options.headers = headers
        var configuration = ClientConfiguration()
        configuration.timestampsRequests = timestamps
        return RequestBuilder(options, configuration, cookies: CookieStore(), logger: logger)
    }

    private static func lines(_ request: HTTPRequest) throws -> [String] {
        let encoded = try request.encoded()
        return String(buffer: encoded.head).split(separator: "\r\n").map(String.init)
    }

    @Test func theRequestsOfASession() throws {
        var builder = try Self.builder("http://u:p@h:1/ignored?room=1")
        #expect(
            try Self.lines(builder.poll()) == [
                "GET /engine.io/?room=1&transport=polling&EIO=4 HTTP/1.1", "Host: h:1", "User-Agent: eio-lua",
                "Authorization: Basic dTpw", "Accept: */*", "Accept-Encoding: gzip, deflate",
                "Cache-Control: no-cache",
            ])
        builder.sid = "s 1"
        #expect(
            try Self.lines(builder.poll()).first == "GET /engine.io/?room=1&transport=polling&EIO=4&sid=s%201 HTTP/1.1")
        var post = builder.post()
        post.body = ByteBuffer(string: "4a")
        #expect(
            try Self.lines(post) == [
                "POST /engine.io/?room=1&transport=polling&EIO=4&sid=s%201 HTTP/1.1", "Host: h:1",
                "User-Agent: eio-lua", "Authorization: Basic dTpw", "Content-Type: text/plain;charset=UTF-8",
                "Content-Length: 2", "4a",
            ])
        #expect(
            try Self.lines(builder.webSocket(key: "k")) == [
                "GET /engine.io/?room=1&transport=websocket&EIO=4&sid=s%201 HTTP/1.1", "Host: h:1",
                "User-Agent: eio-lua", "Authorization: Basic dTpw", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: k",
            ])
    }

    /// Only a request that opens a session is shown with its headers, and only a websocket's switches protocols.
    @Test func purposes() throws {
        var builder = try Self.builder()
        #expect(builder.poll().purpose.isTracedWithHeaders)
        #expect(builder.webSocket(key: "k").purpose.isTracedWithHeaders)
        builder.sid = "1"
        #expect(!builder.poll().purpose.isTracedWithHeaders)
        #expect(builder.webSocket(key: "k").purpose.switchesProtocols)
        #expect(!builder.poll().purpose.switchesProtocols)
        #expect(builder.poll().purpose.isIdempotent)
        #expect(!builder.post().purpose.isIdempotent)
    }

    @Test func theTimeGoesWithEachGETAgainstCaches() throws {
        let builder = try Self.builder(timestamps: true)
        for request in [builder.poll(), builder.webSocket(key: "k")] {
            let time = try #require(request.target.split(separator: "&t=").last)
            #expect(time.split(separator: ".").map(\.count) == [10, 6])
            #expect(!request.headers.contains(name: "Cache-Control"))
        }
        #expect(!builder.post().target.contains("&t="))
        #expect(!(try Self.builder("http://h?t=own", timestamps: true).poll().target.contains("&t=1")))
    }

    @Test func headersOfTheProgramReplaceOwnOnesButNotThoseOfTheProtocol() throws {
        let builder = try Self.builder(headers: [
            ("user-agent", "mine"), ("ACCEPT", "text/*"), ("X-A", "1"), ("x-a", "2"), ("connection", "close"),
            ("Content-Length", "9"), ("Transfer-Encoding", "chunked"), ("Sec-WebSocket-Key", "evil"), ("host", "other"),
        ])
        let lines = try Self.lines(builder.poll())
        #expect(
            lines.dropFirst() == [
                "user-agent: mine", "ACCEPT: text/*", "X-A: 1", "x-a: 2", "host: other",
                "Accept-Encoding: gzip, deflate", "Cache-Control: no-cache",
            ])
        #expect(try Self.lines(builder.webSocket(key: "k")).contains("Sec-WebSocket-Key: k"))
    }

    @Test func subprotocolsAreOfferedInTheWebSocketHandshakeOnly() throws {
        let builder = try Self.builder(headers: [("Sec-WebSocket-Protocol", "v1, v2")])
        #expect(builder.webSocket(key: "k").headers["Sec-WebSocket-Protocol"] == ["v1, v2"])
        #expect(builder.poll().headers["Sec-WebSocket-Protocol"].isEmpty)
        #expect(builder.post().headers["Sec-WebSocket-Protocol"].isEmpty)
    }

    @Test func cookiesOfTheServerAndOfTheProgramAreOneHeader() throws {
        let builder = try Self.builder(headers: [("Cookie", "own=1"), ("cookie", "a=2")])
        builder.store(Self.response(cookies: ["a=1", "b=1"]))
        let cookies = try Self.lines(builder.poll()).filter { $0.lowercased().hasPrefix("cookie") }
        #expect(cookies == ["Cookie: own=1; a=2; b=1"])
    }

    @Test func aRefusedCookieIsAWarningOnce() throws {
        let log = LevelLog()
        let builder = try Self.builder(logger: Logger(label: "test") { _ in log })
        builder.store(Self.response(cookies: ["rubbish", "a=1; Domain=other.org"]))
        builder.store(Self.response(cookies: ["rubbish"]))
        #expect(log.levels == [.warning, .info, .info])
    }

    @Test(arguments: [
        ("http://h:1/new/?x=1", "http://h:1/new/", true), ("https://h:1/new/", "https://h:1/new/", false),
        ("//other/a", "http://other/a/", false),
    ])
    func aRedirectKeepsSecretsForItsOrigin(location: String, address: String, isTrusted: Bool) throws {
        var builder = try Self.builder(
            "http://u:p@h:1", headers: [("Authorization", "Own 1"), ("Cookie", "c=1"), ("X-A", "1")])
        try builder.follow(location: location)
        let request = builder.poll()
        #expect(builder.address(.polling) == address)
        #expect(request.headers["Authorization"] == (isTrusted ? ["Own 1"] : []))
        #expect(request.cookie.map { String(decoding: $0, as: UTF8.self) } == (isTrusted ? "c=1" : nil))
        #expect(request.headers["X-A"] == ["1"])
        #expect((builder.url.authorization != nil) == isTrusted)
    }

    @Test(arguments: [
        ("http://h:1/", "the server redirects from https to http"),
        ("ftp://h/", "the server redirects to an address that cannot be used: unsupported scheme"),
    ])
    func redirectsThatAreNotFollowed(location: String, message: String) throws {
        var builder = try Self.builder("https://u:p@h:1")
        let error = #expect(throws: ConnectionError.self) { try builder.follow(location: location) }
        #expect(error?.description.hasPrefix(message) == true)
        #expect(error?.phase == .http)
        #expect(builder.url.isSecure)
        #expect(builder.url.authorization != nil)
    }

    @Test func addressesForPeople() throws {
        let builder = try Self.builder("https://u:p@h/?token=1&room", path: "/a/")
        #expect(builder.address(.polling) == "https://h/a/")
        #expect(builder.address(.websocket) == "wss://h/a/")
        #expect(builder.shownURL(.websocket) == "wss://***@h/a/?token=***&***")
        #expect(try Self.builder("ws://h").shownURL(.polling) == "http://h/engine.io/")
        let long = try Self.builder(path: String(repeating: "x", count: 1000))
        #expect(long.shownURL(.polling).count == 301)
        #expect(long.missingPathHint.count < 500)
    }

    @Test func aMissingPathIsExplained() throws {
        #expect(try Self.builder().missingPathHint.contains("engineio_path = \"socket.io\""))
        #expect(
            try Self.builder(path: "mine").missingPathHint
                == "the server has nothing at /mine/: the option engineio_path names another path")
        #expect(
            try Self.builder(path: "/mine", hint: .socketIO).missingPathHint
                == "the server has nothing at /mine/: the option socketio_path names another path")
        #expect(try Self.builder(path: "socket.io", hint: .socketIO).missingPathHint.contains("require \"engineio\""))
    }

    private static func response(cookies: [String]) -> HTTPResponse {
        HTTPResponse(status: 200, headers: [:], body: ByteBuffer(), cookies: cookies.map { Array($0.utf8) })
    }
}

/// Keeps the levels of log entries.
private final class LevelLog: LogHandler, Sendable {
    private let storage = Mutex<[Logger.Level]>([])

    var levels: [Logger.Level] { self.storage.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { self.storage.withLock { $0.append(event.level) } }
}
