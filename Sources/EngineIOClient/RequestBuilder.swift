import EngineIO
import Glibc
import JSONText
import Logging
import NIOHTTP1

/// Builds the requests of one session from its url, which a redirect may have changed, the program's headers and the
/// cookies.
struct RequestBuilder {
    private(set) var url: ServerURL
    private(set) var engineIOPath: String
    private var headers: [(name: String, value: String)]
    private let hint: MissingPathHint
    private let timestamps: Bool
    let cookies: CookieStore
    private let logger: Logger
    var sid: String?

    init(_ options: ConnectOptions, _ configuration: ClientConfiguration, cookies: CookieStore, logger: Logger) {
        self.url = options.url
        self.engineIOPath = options.engineIOPath
        self.headers = options.headers.filter { !RequestHeaders.isReserved($0.name) }
        self.hint = options.missingPathHint ?? .engineIO
        self.timestamps = configuration.timestampsRequests
        self.cookies = cookies
        self.logger = logger
    }

    func poll() -> HTTPRequest {
        var own = [("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate")]
        if !self.timestamps { own.append(("Cache-Control", "no-cache")) }
        return self.request(self.sid == nil ? .opening : .poll, isStamped: true, own)
    }

    func post() -> HTTPRequest {
        self.request(.post, isStamped: false, [("Content-Type", "text/plain;charset=UTF-8")])
    }

    func webSocket(key: String) -> HTTPRequest {
        self.request(
            .webSocket, isStamped: true,
            [
                ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", key),
            ])
    }

    private static let schemes: [Transport: String] = [.polling: "http", .websocket: "ws"]

    /// The address as a log may show it: without the query, which may contain secrets.
    func address(_ transport: Transport) -> String {
        let scheme = Self.schemes[transport] ?? "http"
        return "\(scheme)\(self.url.isSecure ? "s" : "")://\(self.url.hostHeader)\(self.path)"
    }

    /// The most characters of an address that an error shows.
    private static let shownLength = 300

    /// The address as an error shows it: with masks for credentials and for the values of the query.
    func shownURL(_ transport: Transport) -> String {
        var text = self.address(transport)
        if self.url.authorization != nil, let scheme = text.utf8.firstOccurrence(of: "://".utf8) {
            text.insert(contentsOf: "\(SecretMask.mask)@", at: scheme.upperBound)
        }
        if !self.url.query.isEmpty { text += "?" + SecretMask.query(self.url.query) }
        return text.count > Self.shownLength ? "\(text.prefix(Self.shownLength))…" : text
    }

    /// The most common cause of an answer 404.
    var missingPathHint: String {
        self.hint.text(path: self.path.prefix(Self.shownLength))
    }

    /// Uses the new address for the rest of the session. Credentials for one origin are not sent to another.
    ///
    /// - Throws: ``ConnectionError`` if the address is invalid, or if it leads from https to http.
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

    /// - Parameters:
    ///   - isStamped: whether the request carries the time.
    ///   - own: the client's headers, for which the program may have set other values.
    private func request(
        _ purpose: HTTPExchangePurpose, isStamped: Bool, _ own: [(String, String)]
    ) -> HTTPRequest {
        var headers = HTTPHeaders()
        var userCookies: [String] = []
        for (name, value) in self.headers {
            switch name.lowercased() {
            case "cookie": userCookies.append(value)
            // Offered in the websocket handshake only.
            case "sec-websocket-protocol" where !purpose.switchesProtocols: break
            default: headers.add(name: name, value: value)
            }
        }
        var defaults = [("Host", self.url.hostHeader), ("User-Agent", "eio-lua")]
        if let authorization = self.url.authorization { defaults.append(("Authorization", authorization)) }
        for (name, value) in defaults + own where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
        let timestamp = isStamped && self.timestamps && !self.url.hasTimestamp ? Self.timestamp() : nil
        let target = self.url.requestTarget(
            engineIOPath: self.engineIOPath, transport: purpose.transport.rawValue, sid: self.sid, timestamp: timestamp)
        let cookie = self.cookies.header(
            for: self.url, path: self.path, merging: userCookies.isEmpty ? nil : userCookies.joined(separator: "; "))
        return HTTPRequest(purpose: purpose, target: target, headers: headers, cookie: cookie)
    }

    private var path: String { ServerURL.requestPath(engineIOPath: self.engineIOPath) }

    /// Stores the cookies of an answer with any status.
    func store(_ response: HTTPResponse) {
        for value in response.cookies {
            guard let refusal = self.cookies.store(value, from: self.url, path: self.path) else { continue }
            // A warning only once: a server may set the same cookie in each answer.
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
