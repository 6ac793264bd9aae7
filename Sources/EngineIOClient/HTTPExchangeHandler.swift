import EngineIO
import NIOCore
import NIOHTTP1
import NIOTLS

/// The whole answer to one request.
struct HTTPResponse {
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer

    var isSuccess: Bool { (200..<300).contains(self.status) }
}

/// Why there is no answer.
struct HTTPFailure: Error {
    var error: ConnectionError
    var cause: DisconnectDetail.Cause
    /// The server closed the connection in order, before anything of the answer had come: a request that may be repeated can
    /// be.
    var isSilent = false
}

/// One request and one answer at a time on a connection, the answer as a whole.
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let bodyLimit: Int
    private let limitText: String
    private var completion: ((Result<HTTPResponse, HTTPFailure>) -> Void)?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var failure: (any Error)?
    /// Whether TLS, if there is any, is through with its handshake.
    private var isSecured: Bool
    private(set) var isReusable = true

    init(bodyLimit: Int, limitText: String, isSecure: Bool) {
        self.bodyLimit = bodyLimit
        self.limitText = limitText
        self.isSecured = !isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    var isActive: Bool { self.context?.channel.isActive ?? false }

    /// What it waits for: the answer, or TLS before it.
    var phase: ConnectionError.Phase { self.isSecured ? .http : .tls }

    /// Sends a request; `completion` is called once, on the loop.
    func send(
        _ head: HTTPRequestHead, body: ByteBuffer?, completion: @escaping (Result<HTTPResponse, HTTPFailure>) -> Void
    ) {
        guard let context = self.context, context.channel.isActive else {
            let error = ConnectionError(self.phase, "the connection was lost", cause: "the connection was closed")
            return completion(.failure(HTTPFailure(error: error, cause: .eof, isSilent: true)))
        }
        self.completion = completion
        context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func close() { self.context?.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            if !head.isKeepAlive { self.isReusable = false }
        case .body(var part):
            guard self.completion != nil else { return }
            if self.body.readableBytes + part.readableBytes > self.bodyLimit {
                self.isReusable = false
                let error = ConnectionError(.http, self.limitText)
                self.finish(.failure(HTTPFailure(error: error, cause: .parse)))
                context.close(promise: nil)
            } else if self.body.readableBytes == 0 {
                self.body = part
            } else {
                self.body.writeBuffer(&part)
            }
        case .end:
            guard let head = self.head else { return }
            let response = HTTPResponse(status: Int(head.status.code), headers: head.headers, body: self.body)
            self.head = nil
            self.body = ByteBuffer()
            self.finish(.success(response))
            // Closed last: a channel that closes would fail the exchange.
            if !self.isReusable { context.close(promise: nil) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(_)? = event as? TLSUserEvent { self.isSecured = true }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.isReusable = false
        if self.failure == nil { self.failure = error }
        // What is left to say comes with channelInactive, once the channel is closed.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isReusable = false
        self.finish(.failure(self.lost()))
    }

    private func lost() -> HTTPFailure {
        let silent = self.head == nil && self.isSecured
        guard let failure = self.failure else {
            let what = self.head == nil ? "without an answer" : "in the middle of an answer"
            return HTTPFailure(
                error: ConnectionError(self.phase, "the server closed the connection \(what)"), cause: .eof,
                isSilent: silent)
        }
        let text = ErrorText.of(failure)
        let cause = ErrorText.cause(of: failure)
        if ErrorText.isTLS(failure) && !self.isSecured {
            return HTTPFailure(error: ConnectionError(.tls, "the TLS handshake failed", cause: text), cause: .tls)
        }
        let message = failure is HTTPParserError ? "the answer is not HTTP" : "the connection was lost"
        // A reset takes with it what had been sent: the answer, and the messages in it, may be what is lost. A server that closes
        // an idle connection sends a FIN, after which a write fails.
        let isClosed = cause == .eof || cause == .write
        return HTTPFailure(
            error: ConnectionError(self.phase, message, cause: text), cause: cause, isSilent: silent && isClosed)
    }

    private func finish(_ result: Result<HTTPResponse, HTTPFailure>) {
        guard let completion = self.completion else { return }
        self.completion = nil
        completion(result)
    }
}

extension HTTPExchangeHandler: RemovableChannelHandler {}
