import EngineIO
import Glibc
import Logging
import NIOHTTP1

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
    private let logger: Logger
    var sid: String?

    init(_ options: ConnectOptions, timestamps: Bool, cookies: CookieStore, logger: Logger) {
        self.url = options.url
        self.engineIOPath = options.engineIOPath
        self.headers = options.headers.filter { !RequestHeaders.isReserved($0.name) }
        self.timestamps = timestamps
        self.cookies = cookies
        self.logger = logger
    }

    func poll() -> HTTPRequest {
        var own = [("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate")]
        if !self.timestamps { own.append(("Cache-Control", "no-cache")) }
        return self.request(self.sid == nil ? .opening : .poll, "polling", stamped: true, own)
    }

    func post() -> HTTPRequest {
        self.request(.post, "polling", stamped: false, [("Content-Type", "text/plain;charset=UTF-8")])
    }

    func webSocket(key: String) -> HTTPRequest {
        self.request(
            .webSocket, "websocket", stamped: true,
            [
                ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", key),
            ])
    }

    /// The address as a log may show it: without the query, which may hold secrets.
    func address(_ transport: Transport) -> String {
        let scheme = Self.schemes[transport] ?? ""
        return "\(scheme)\(self.url.isSecure ? "s" : "")://\(self.url.hostHeader)\(self.path)"
    }

    private static let schemes: [Transport: String] = [.polling: "http", .websocket: "ws"]

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

    /// - Parameter own: what the client sends where the program does not say something else.
    private func request(
        _ purpose: HTTPRequest.Purpose, _ transport: String, stamped: Bool, _ own: [(String, String)]
    ) -> HTTPRequest {
        var headers = HTTPHeaders()
        var userCookies: [String] = []
        for (name, value) in self.headers {
            switch name.lowercased() {
            case "cookie": userCookies.append(value)
            // Offered where a websocket is asked for.
            case "sec-websocket-protocol" where purpose != .webSocket: break
            default: headers.add(name: name, value: value)
            }
        }
        var defaults = [("Host", self.url.hostHeader), ("User-Agent", "eio-lua")]
        if let authorization = self.url.authorization { defaults.append(("Authorization", authorization)) }
        for (name, value) in defaults + own where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
        let timestamp = stamped && self.timestamps && !self.url.hasTimestamp ? Self.timestamp() : nil
        let target = self.url.requestTarget(
            engineIOPath: self.engineIOPath, transport: transport, sid: self.sid, timestamp: timestamp)
        let cookie = self.cookies.header(
            for: self.url, path: self.path, merging: userCookies.isEmpty ? nil : userCookies.joined(separator: "; "))
        return HTTPRequest(purpose: purpose, target: target, headers: headers, cookie: cookie)
    }

    private var path: String { ServerURL.requestPath(engineIOPath: self.engineIOPath) }

    /// Takes the cookies of an answer, whatever its status.
    func store(_ response: HTTPResponse) {
        for value in response.cookies {
            guard let refusal = self.cookies.store(value, from: self.url, path: self.path) else { continue }
            // Said once where everybody sees it: a server may set the same one in each answer.
            let level: Logger.Level = self.cookies.refused == 1 ? .warning : .info
            self.logger.log(level: level, "A cookie of the server is left out: \(refusal)")
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
