import EngineIO
import NIOHTTP1

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The headers that only the client itself can set right.
package enum RequestHeaders {
    private static let reserved: Set<String> = [
        "connection", "content-length", "transfer-encoding", "upgrade", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-accept", "sec-websocket-extensions", "te", "trailer",
    ]

    package static func isReserved(_ name: String) -> Bool { self.reserved.contains(name.lowercased()) }
}

/// Makes the requests of one session: the url that a redirect may have changed, the program's headers, the cookies.
struct RequestBuilder {
    private(set) var url: ServerURL
    private(set) var engineIOPath: String
    private var headers: [(name: String, value: String)]
    private let timestamps: Bool
    let cookies: CookieStore
    var sid: String?

    init(_ options: ConnectOptions, timestamps: Bool, cookies: CookieStore) {
        self.url = options.url
        self.engineIOPath = options.engineIOPath
        self.headers = options.headers
        self.timestamps = timestamps
        self.cookies = cookies
    }

    func poll() -> HTTPRequest {
        var headers = self.commonHeaders()
        headers.add(name: "Accept", value: "*/*")
        headers.add(name: "Accept-Encoding", value: "gzip, deflate")
        if !self.timestamps { headers.add(name: "Cache-Control", value: "no-cache") }
        return HTTPRequest(
            method: .GET, target: self.target("polling", stamped: true), headers: headers,
            opensSession: self.sid == nil)
    }

    func post() -> HTTPRequest {
        var headers = self.commonHeaders()
        headers.add(name: "Content-Type", value: "text/plain;charset=UTF-8")
        return HTTPRequest(method: .POST, target: self.target("polling", stamped: false), headers: headers)
    }

    func webSocket(key: String) -> HTTPRequest {
        var headers = self.commonHeaders()
        headers.add(name: "Connection", value: "Upgrade")
        headers.add(name: "Upgrade", value: "websocket")
        headers.add(name: "Sec-WebSocket-Version", value: "13")
        headers.add(name: "Sec-WebSocket-Key", value: key)
        return HTTPRequest(method: .GET, target: self.target("websocket", stamped: true), headers: headers)
    }

    /// The address as a log may show it: without the query, which may hold secrets.
    func address(_ transport: Transport) -> String {
        let scheme = transport == .polling ? "http" : "ws"
        return "\(scheme)\(self.url.isSecure ? "s" : "")://\(self.url.hostHeader)\(self.path)"
    }

    /// How much of an address an error shows.
    private static let shownLength = 300

    /// The address as an error shows it: that there are credentials and a query, but not what they say.
    func shownURL(_ transport: Transport) -> String {
        var text = self.address(transport)
        if self.url.authorization != nil, let scheme = text.firstRange(of: "://") {
            text.insert(contentsOf: "\(SecretMask.mask)@", at: scheme.upperBound)
        }
        if !self.url.query.isEmpty { text += "?" + SecretMask.query(self.url.query) }
        return text.count > Self.shownLength ? "\(text.prefix(Self.shownLength))…" : text
    }

    /// What an answer 404 most often means.
    var missingPathHint: String {
        let path = self.path.prefix(Self.shownLength)
        guard path == ServerURL.requestPath(engineIOPath: ConnectOptions.defaultPath) else {
            return "the server has nothing at \(path): the option engineio_path names another path"
        }
        return "the server has nothing at \(path): the option engineio_path names another path, such as "
            + "engineio_path = \"socket.io\" for a Socket.IO server"
    }

    /// Takes the new address for the rest of the session. What was meant for one origin is not told to another.
    ///
    /// - Throws: ``ConnectionError`` for an address that is none, or one that gives up TLS.
    mutating func follow(location: String) throws(ConnectionError) {
        let old = self.url
        do {
            (self.url, self.engineIOPath) = try old.resolve(location: location, engineIOPath: self.engineIOPath)
        } catch {
            throw ConnectionError(.http, "the server redirects to an address that cannot be used", cause: "\(error)")
        }
        if old.isSecure && !self.url.isSecure {
            self.url = old
            throw ConnectionError(.http, "the server redirects from https to http")
        }
        if !old.isSameOrigin(as: self.url) {
            self.headers.removeAll { ["authorization", "cookie"].contains($0.name.lowercased()) }
            self.url.authorization = nil
        }
    }

    private func target(_ transport: String, stamped: Bool) -> String {
        let timestamp = stamped && self.timestamps ? Self.timestamp() : nil
        return self.url.requestTarget(
            engineIOPath: self.engineIOPath, transport: transport, sid: self.sid, timestamp: timestamp)
    }

    private func commonHeaders() -> HTTPHeaders {
        var headers = HTTPHeaders()
        var userCookie: String?
        for (name, value) in self.headers {
            if name.lowercased() == "cookie" {
                userCookie = userCookie.map { "\($0); \(value)" } ?? value
            } else {
                headers.add(name: name, value: value)
            }
        }
        if !headers.contains(name: "Host") { headers.add(name: "Host", value: self.url.hostHeader) }
        if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: "eio-lua") }
        if let authorization = self.url.authorization, !headers.contains(name: "Authorization") {
            headers.add(name: "Authorization", value: authorization)
        }
        if let cookie = self.cookies.header(for: self.url, path: self.path, merging: userCookie) {
            headers.add(name: "Cookie", value: cookie)
        }
        return headers
    }

    private var path: String { ServerURL.requestPath(engineIOPath: self.engineIOPath) }

    /// Takes the cookies of an answer, whatever its status.
    func store(_ headers: HTTPHeaders) {
        for value in headers[canonicalForm: "set-cookie"] {
            self.cookies.store(String(value), from: self.url, path: self.path)
        }
    }

    /// Seconds since the epoch with six decimals, as python-engineio writes them.
    private static func timestamp() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let micros = String(time.tv_nsec / 1000)
        return "\(time.tv_sec)." + String(repeating: "0", count: 6 - micros.count) + micros
    }
}
