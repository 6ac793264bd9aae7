import EngineIOServer
import NIOCore
import NIOHTTP1
import ProcessSupport

/// Decides what a request to the page of a run asks for, and whether it may.
struct WebAccess: Sendable {
    let token: StopToken
    /// Whether other machines reach the server.
    let isForOthers: Bool
    private let hosts: OwnHosts

    /// - Parameter host: the name or address that the server listens at.
    init(listeningAt host: String) {
        self.token = .random()
        let hosts = OwnHosts(listeningAt: host)
        self.hosts = hosts.isEverywhere ? OwnHosts(listeningAt: host, names: [hostName()]) : hosts
        self.isForOthers = (try? SocketAddress(ipAddress: host, port: 0))?.isLoopback == false
    }

    /// - Parameter address: where the connection came to.
    func request(_ head: HTTPRequestHead, address: SocketAddress?) throws(WebRefusal) -> WebRequest {
        let isFromOwnPage = try self.checkPage(head, address)
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = WebQuery(parts.count > 1 ? parts[1] : "")
        switch parts[0] {
        case "/":
            try Self.checkReading(head)
            return .page(mayStop: try self.checkToken(query))
        case "/events":
            if head.method != .GET { throw .method(.GET) }
            return .events(since: try Self.version(head, query))
        case "/report.html":
            try Self.checkReading(head)
            return .report
        case "/stop":
            if head.method != .POST { throw .method(.POST) }
            guard try self.checkToken(query) else { throw .missingToken }
            guard isFromOwnPage else { throw .missingOrigin }
            return .stop
        default: throw .unknownPath
        }
    }

    /// Refuses what a page from elsewhere may have caused.
    ///
    /// - Returns: whether the request comes from a page of this server; programs mostly do not say.
    private func checkPage(_ head: HTTPRequestHead, _ address: SocketAddress?) throws(WebRefusal) -> Bool {
        let hosts = head.headers["host"].map(HostHeader.init)
        for host in hosts {
            guard let host, self.hosts.contains(host.name, address: address) else { throw .foreignHost }
        }
        let origins = head.headers["origin"]
        for origin in origins {
            guard let origin = Origin(origin), let host = hosts.first.flatMap(\.self), origin.isSame(as: host) else {
                throw .foreignOrigin
            }
        }
        return !origins.isEmpty
    }

    private static func checkReading(_ head: HTTPRequestHead) throws(WebRefusal) {
        guard head.method == .GET || head.method == .HEAD else { throw .method(.GET) }
    }

    /// - Returns: whether the request has the token.
    private func checkToken(_ query: WebQuery) throws(WebRefusal) -> Bool {
        let tokens = query["token"]
        guard tokens.allSatisfy(self.token.matches) else { throw .wrongToken }
        return !tokens.isEmpty
    }

    /// A browser that reconnects names the last event that it has.
    private static func version(_ head: HTTPRequestHead, _ query: WebQuery) throws(WebRefusal) -> Int {
        let last = head.headers["last-event-id"].last { !$0.isEmpty }
        guard let text = last ?? query["since"].last.map(String.init) else { return 0 }
        guard let version = Int(text), version >= 0 else { throw .notVersion }
        return version
    }
}
