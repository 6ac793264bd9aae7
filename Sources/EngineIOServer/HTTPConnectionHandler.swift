import EngineIO
import NIOCore
import NIOHTTP1

/// The HTTP side of one connection: handshakes, polls, posts, the statistics, the page, and the way to a websocket.
///
/// The pipeline handler before it gives it one request at a time.
final class HTTPConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Exchange {
        /// No request, or one that was answered before its end: the rest of its body is passed over.
        case idle
        /// The request's head is there; what it asks is done at its end.
        case statistics
        case page(ServedPage)
        case requested(EngineIORequest, HTTPRequestHead)
        case receivingPost(ServerSession, ByteBuffer)
        case waitingPoll(ServerSession)
        case waitingPost(ServerSession)
    }

    private let server: ServerContext
    /// The HTTP handlers to remove before the bytes are a websocket's, in this order.
    private let httpHandlers: [any RemovableChannelHandler]
    private var exchange = Exchange.idle
    private var keepsAlive = true
    /// The request is a HEAD, whose answer has the headers of a GET and no body.
    private var omitsBody = false
    /// The origin whose pages may read the answer.
    private var readableBy: String?
    private var context: ChannelHandlerContext?

    init(server: ServerContext, httpHandlers: [any RemovableChannelHandler]) {
        self.server = server
        self.httpHandlers = httpHandlers
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        self.server.connectionOpened(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let exchange = self.exchange
        self.exchange = .idle
        switch exchange {
        case .waitingPoll(let session): session.pollAborted()
        case .receivingPost(let session, _): session.close(.server)
        case .waitingPost(let session): session.postAborted()
        case .idle, .statistics, .page, .requested: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head): self.headReceived(head)
        case .body(let part): self.bodyReceived(part)
        case .end: self.endReceived()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.server.endOfReadCycle()
        context.flush()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ServerContext.ShutdownEvent else { return context.fireUserInboundEventTriggered(event) }
        // This waits for what is written; closing altogether does not.
        let channel = context.channel
        channel.close(mode: .output).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Requests

    private func headReceived(_ head: HTTPRequestHead) {
        // The decoder stops at any request for an upgrade, wanted or not: no request can follow on this connection.
        self.keepsAlive = head.isKeepAlive && head.version == .http1_1 && !head.headers.contains(name: "upgrade")
        let origins = head.headers["origin"]
        self.omitsBody = head.method == .HEAD
        self.readableBy = self.server.admission.readableBy(origins)
        if let reason = self.server.admission.refusal(
            hosts: head.headers["host"], origins: origins, address: self.context?.channel.localAddress)
        {
            return self.refuse(.forbidden, reason: reason)
        }
        if head.method == .OPTIONS, self.readableBy != nil, head.headers.contains(name: "access-control-request-method")
        {
            return self.answerPreflight(head)
        }
        let reads = head.method == .GET || head.method == .HEAD
        if reads, head.isFor("/stats") {
            self.exchange = .statistics
            return
        }
        if reads, head.isFor("/"), let page = self.server.configuration.makePage?() {
            self.exchange = .page(page)
            return
        }
        guard head.uri.hasPrefix(self.server.configuration.path) else {
            return self.respond(.notFound, "text/plain", ByteBuffer(string: "Not found"))
        }
        do throws(RequestRefusal) {
            let request = try EngineIORequest(
                method: head.method.rawValue, query: EngineIOQuery(uri: head.uri), form: head.form,
                transports: self.server.configuration.transports,
                acceptedBySession: { self.server.session($0)?.acceptedRequests })
            if case .post(let sid) = request, let session = self.server.session(sid) {
                self.postStarted(session, head)
            } else {
                self.exchange = .requested(request, head)
            }
        } catch {
            self.refuse(error)
        }
    }

    private func postStarted(_ session: ServerSession, _ head: HTTPRequestHead) {
        guard session.postArrived() else { return self.refuse(.badRequest) }
        // engine.io takes this for a binary payload of Engine.IO 3.
        if head.headers.first(name: "content-type")?.lowercased().hasPrefix("application/octet-stream") == true {
            session.breach()
            return self.refuse(.badRequest)
        }
        let length = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
        if length > self.server.configuration.maxPayload {
            session.postRefused()
            return self.respond(.payloadTooLarge, "text/plain", ByteBuffer())
        }
        self.exchange = .receivingPost(session, ByteBuffer())
    }

    private func bodyReceived(_ part: ByteBuffer) {
        guard case .receivingPost(let session, var body) = self.exchange else { return }
        self.exchange = .idle
        guard body.readableBytes + part.readableBytes <= self.server.configuration.maxPayload else {
            session.postRefused()
            return self.respond(.payloadTooLarge, "text/plain", ByteBuffer())
        }
        if body.readableBytes == 0 { body = part } else { body.writeImmutableBuffer(part) }
        self.exchange = .receivingPost(session, body)
    }

    private func endReceived() {
        let exchange = self.exchange
        self.exchange = .idle
        switch exchange {
        case .idle, .waitingPoll, .waitingPost:
            break
        case .statistics:
            self.respond(.ok, "application/json", ByteBuffer(string: self.server.counters))
        case .page(let page):
            self.respond(.ok, "text/html; charset=utf-8", ByteBuffer(string: page.html), page.headers)
        case .receivingPost(let session, let body):
            self.exchange = .waitingPost(session)
            session.postEnded(body, on: self)
        case .requested(let request, let head):
            self.perform(request, head)
        }
    }

    private func perform(_ request: EngineIORequest, _ head: HTTPRequestHead) {
        switch request {
        case .handshake where self.server.isShuttingDown, .webSocketHandshake where self.server.isShuttingDown:
            self.context?.close(promise: nil)
        case .handshake:
            let session = self.server.openSession(.overRequests)
            self.answerPoll(ByteBuffer(string: session.openPacket))
            self.server.opened(session)
        case .webSocketHandshake:
            self.becomeWebSocket(head, session: nil)
        case .upgrade(let sid):
            guard let session = self.server.session(sid) else { return self.refuse(.unknownSession) }
            self.becomeWebSocket(head, session: session)
        case .poll(let sid), .post(let sid):
            guard let session = self.server.session(sid) else { return self.refuse(.unknownSession) }
            self.exchange = .waitingPoll(session)
            session.pollArrived(on: self)
        }
    }

    // MARK: Answers

    func answerPoll(_ body: ByteBuffer) {
        self.respond(.ok, "text/plain; charset=UTF-8", body)
        // The poll may be answered out of a timer or of another connection's read cycle.
        self.context?.flush()
    }

    func answerPost() {
        self.respond(.ok, "text/html", ByteBuffer(string: "ok"))
        self.context?.flush()
    }

    /// - Parameter reason: instead of the refusal's own words.
    func refuse(_ refusal: RequestRefusal, reason: String? = nil) {
        self.server.statistics.bad += 1
        let status = refusal == .forbidden ? HTTPResponseStatus.forbidden : .badRequest
        self.respond(status, "application/json", ByteBuffer(string: refusal.json(reason)))
        // A post may be refused in a later turn than it came in.
        self.context?.flush()
    }

    /// Answers a browser that asks before a request that no form could make (CORS protocol of the Fetch standard).
    private func answerPreflight(_ head: HTTPRequestHead) {
        var headers = [("Access-Control-Allow-Methods", "GET, POST, OPTIONS"), ("Access-Control-Max-Age", "600")]
        if let names = head.headers.first(name: "access-control-request-headers") {
            headers.append(("Access-Control-Allow-Headers", names))
        }
        if head.headers.contains(name: "access-control-request-private-network") {
            headers.append(("Access-Control-Allow-Private-Network", "true"))
        }
        self.respond(.ok, "text/plain", ByteBuffer(), headers)
    }

    private func respond(
        _ status: HTTPResponseStatus, _ contentType: String, _ body: ByteBuffer, _ more: [(String, String)] = []
    ) {
        guard let context = self.context else { return }
        self.exchange = .idle
        var headers = HTTPHeaders([
            ("Content-Type", contentType), ("Content-Length", String(body.readableBytes)),
        ])
        if let origin = self.readableBy {
            headers.add(name: "Access-Control-Allow-Origin", value: origin)
            headers.add(name: "Access-Control-Allow-Credentials", value: "true")
            headers.add(name: "Vary", value: "Origin")
        }
        headers.add(contentsOf: more)
        if !self.keepsAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0, !self.omitsBody {
            context.write(self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        if self.keepsAlive {
            context.write(self.wrapOutboundOut(.end(nil)), promise: nil)
        } else {
            let written = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: written)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    // MARK: Websocket

    /// Answers 101 and hands the connection to a ``ServerWebSocketHandler``.
    ///
    /// - Parameter session: the session that wants to upgrade, or nil for a new one.
    private func becomeWebSocket(_ head: HTTPRequestHead, session: ServerSession?) {
        guard let context = self.context, let key = head.headers.first(name: "sec-websocket-key"),
            WebSocketHandshakeKey.isValid(key), head.headers.first(name: "sec-websocket-version") == "13"
        else { return self.refuse(.badRequest) }
        let answer = HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols,
            headers: HTTPHeaders([
                ("Upgrade", "websocket"), ("Connection", "Upgrade"),
                ("Sec-WebSocket-Accept", WebSocketHandshakeKey.accept(for: key)),
            ]))
        context.write(self.wrapOutboundOut(.head(answer)), promise: nil)
        let handler = ServerWebSocketHandler(server: self.server)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(handler, position: .after(self))
        } catch {
            return context.close(promise: nil)
        }
        _ = pipeline.removeHandler(self)
        // The decoder is the last to go, later in this turn: it hands on the bytes that came behind the request.
        let removals = self.httpHandlers.map { pipeline.removeHandler($0) }
        handler.start(session: session)
        EventLoopFuture.andAllComplete(removals, on: context.eventLoop).assumeIsolated().whenComplete { _ in
            handler.finishReadCycle()
        }
    }
}

extension HTTPRequestHead {
    fileprivate var form: EngineIORequest.Form {
        self.method == .GET && self.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && self.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            ? .webSocketHandshake : .plain
    }

    /// Whether the request is for this path, with any query.
    fileprivate func isFor(_ path: String) -> Bool {
        guard self.uri.utf8.starts(with: path.utf8) else { return false }
        let next = self.uri.utf8.dropFirst(path.utf8.count).first
        return next == nil || next == UInt8(ascii: "?")
    }
}
