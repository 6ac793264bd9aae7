import EngineIO
import EpollLoop
import NIOCore
import NIOHTTP1
import NIOTLS

/// One request and one answer at a time on a connection, the answer as a whole.
///
/// It ends with its last byte: what follows it ends the connection, and is not taken for the next one.
final class HTTPExchangeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a refusal may be under way.
    private static let refusalPatience = TimeAmount.milliseconds(250)

    private let maximumMessageSize: Int
    private var purpose = HTTPExchangePurpose.poll
    private var completion: ((Result<HTTPResponse, HTTPFailure>) -> Void)?
    private var reader = HTTPAnswerReader()
    private var head: HTTPAnswerHead?
    private var body: AnswerBody?
    /// Whether the answer was read to its end and not delivered yet.
    private var isAnswered = false
    private var context: ChannelHandlerContext?
    /// The first error of the connection.
    private(set) var failure: (any Error)?
    /// Whether the TLS handshake, if there is one, has ended.
    private var isSecured: Bool
    private var isReusable = true
    /// Learns what became of a POST that the end of the connection has met.
    private var refusal: RefusalWatch?
    /// The bytes after an answer that switches to another protocol.
    private(set) var bytesBehind = ByteBuffer()
    private(set) var answers = 0
    private(set) var lastAnswer = NIODeadline.uptimeNanoseconds(0)
    /// How long after the last answer the server has closed the connection without having said so.
    private(set) var closedAfter: TimeAmount?

    init(maximumMessageSize: Int, isSecure: Bool) {
        self.maximumMessageSize = maximumMessageSize
        self.isSecured = !isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Whether the connection can take another request: nothing has arrived since the last answer, not even its end.
    func canBeUsedAgain() -> Bool {
        guard self.isReusable, let channel = self.context?.channel, channel.isActive else { return false }
        switch channel.pendingInput {
        case .nothing: return true
        case .bytes: return false
        case .end:
            self.closedAfter = self.closedAfter ?? (.now() - self.lastAnswer)
            return false
        }
    }

    /// The step that the exchange waits for: the answer, or TLS before it.
    var phase: ConnectionError.Phase { self.isSecured ? .http : .tls }

    /// Sends a request; `completion` is called once, on the loop.
    func send(_ request: HTTPRequest, completion: @escaping (Result<HTTPResponse, HTTPFailure>) -> Void) {
        guard let context = self.context, context.channel.isActive else {
            let error = ConnectionError(self.phase, "the connection was lost", cause: "the connection was closed")
            return completion(.failure(HTTPFailure(error: error, cause: .eof, isSilent: true, isUnread: true)))
        }
        let bytes: (head: ByteBuffer, body: ByteBuffer?)
        do {
            bytes = try request.encoded()
        } catch {
            return completion(.failure(HTTPFailure(error: error, cause: .connect)))
        }
        self.purpose = request.purpose
        self.completion = completion
        self.reader = HTTPAnswerReader()
        context.write(Self.wrapOutboundOut(bytes.head), promise: nil)
        if let body = bytes.body { context.write(Self.wrapOutboundOut(body), promise: nil) }
        context.flush()
    }

    func close() { self.context?.close(promise: nil) }

    // MARK: Reading

    private enum Outcome {
        case unfinished
        /// Read to its end; so many bytes follow.
        case answered(behind: Int)
        case failed(HTTPFailure)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let data = Self.unwrapInboundIn(data)
        guard self.completion != nil else {
            // Nobody has asked.
            self.isReusable = false
            return context.close(promise: nil)
        }
        if self.isAnswered { return self.readBehind(data) }
        switch data.withUnsafeReadableBytes({ self.read($0) }) {
        case .unfinished:
            break
        case .answered(let behind):
            self.isAnswered = true
            if self.head?.isKeepAlive != true { self.isReusable = false }
            if let rest = data.getSlice(at: data.writerIndex - behind, length: behind) { self.readBehind(rest) }
        case .failed(let failure):
            self.isReusable = false
            self.finish(.failure(failure))
            context.close(promise: nil)
        }
    }

    /// Bytes after an answer belong to the websocket, or are ignored.
    private func readBehind(_ bytes: ByteBuffer) {
        if self.purpose.switchesProtocols, self.head?.status == 101 {
            self.bytesBehind.writeImmutableBuffer(bytes)
        } else if bytes.readableBytes > 0 {
            self.isReusable = false
        }
    }

    /// Delivers the answer when everything that came with it was read, because the receiver may send the next request.
    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard self.isAnswered else { return }
        self.answer()
        // Closed last: a channel that closes would fail the exchange.
        if !self.isReusable { context.close(promise: nil) }
    }

    private func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var rest = bytes
        do {
            while let event = try self.reader.next(&rest) {
                switch event {
                case .head(let head):
                    self.head = head
                    self.body = AnswerBody(
                        self.purpose.body(of: head, maximumMessageSize: self.maximumMessageSize), head)
                case .body(let part):
                    if try self.body?.take(part) == false {
                        self.isReusable = false
                        return .answered(behind: 0)
                    }
                case .end:
                    try self.body?.finish()
                    return .answered(behind: rest.count)
                }
            }
            return .unfinished
        } catch {
            // A refusal is one even where its body cannot be read.
            if let head = self.head, !head.isSuccess {
                self.isReusable = false
                return .answered(behind: 0)
            }
            return .failed(HTTPFailure(error: self.unreadable(error), cause: .parse))
        }
    }

    private func unreadable(_ error: any Error) -> ConnectionError {
        switch error {
        case let error as HTTPAnswerError:
            return ConnectionError(.http, "the answer is not HTTP that this client understands", cause: "\(error)")
        case AnswerBodyError.longOpening:
            return ConnectionError(
                .open, "Unexpected response from server",
                cause: "the open packet is longer than \(AnswerBody.smallLimit) bytes", status: self.head?.status)
        case AnswerBodyError.notShort:
            return ConnectionError(.http, "the answer is longer than \(AnswerBody.smallLimit) bytes")
        case AnswerBodyError.overLimit:
            return ConnectionError(
                .http,
                "the server's answer is over the limit of \(self.maximumMessageSize) bytes (max_message_size)")
        default:
            return ConnectionError(.http, "the server's answer cannot be read", cause: "\(error)")
        }
    }

    /// Ends the exchange with what was read.
    private func answer() {
        self.isAnswered = false
        guard let head = self.head else { return }
        let response = HTTPResponse(
            status: head.status, headers: head.headers, body: self.body?.bytes ?? ByteBuffer(), cookies: head.cookies)
        self.head = nil
        self.body = nil
        self.answers += 1
        self.lastAnswer = .now()
        self.finish(.success(response))
    }

    private func finish(_ result: Result<HTTPResponse, HTTPFailure>) {
        guard let completion = self.completion else { return }
        self.completion = nil
        completion(result)
    }

    // MARK: The end of the connection

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(_)? = event as? TLSUserEvent { self.isSecured = true }
        if event is SocketEnding, self.completion != nil, !self.purpose.isIdempotent, self.answers > 0 {
            self.refusal = (context.channel as? SocketChannel).flatMap(RefusalWatch.init)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.isReusable = false
        if self.failure == nil { self.failure = error }
        // The failure is reported by channelInactive, once the channel is closed.
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.isReusable, self.answers > 0, self.closedAfter == nil { self.closedAfter = .now() - self.lastAnswer }
        self.isReusable = false
        guard self.completion != nil else { return }
        if self.isAnswered { return self.answer() }
        if let head = self.head {
            // The end of the connection is that of the body only where the connection ended well: TLS says so with a
            // close_notify, without which anybody may have cut it.
            if self.reader.endsWithConnection, self.failure == nil { return self.answeredByEnd(head) }
            if !head.isSuccess { return self.answer() }
        }
        let failure = self.lost()
        if let watch = self.refusal, failure.isSilent {
            self.refusal = nil
            self.await(watch, failure, until: context.eventLoop.now + Self.refusalPatience, context.eventLoop)
        } else {
            self.finish(.failure(failure))
        }
    }

    /// Reports a lost POST when it is known whether it was read.
    ///
    /// The server has ended the connection. If its system then refuses further bytes (RST), the program there has
    /// closed it before it had read the whole request. A reset alone does not prove that: it may come from a program
    /// that has read everything.
    private func await(
        _ watch: RefusalWatch, _ failure: HTTPFailure, until end: NIODeadline, _ eventLoop: any EventLoop
    ) {
        var failure = failure
        failure.isUnread = watch.isRefused
        if failure.isUnread || eventLoop.now > end { return self.finish(.failure(failure)) }
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(2)) {
            self.await(watch, failure, until: end, eventLoop)
        }
    }

    private func answeredByEnd(_ head: HTTPAnswerHead) {
        do {
            try self.body?.finish()
        } catch {
            guard !head.isSuccess else {
                return self.finish(.failure(HTTPFailure(error: self.unreadable(error), cause: .parse)))
            }
        }
        self.answer()
    }

    private func lost() -> HTTPFailure {
        let hasBegun = self.head != nil || self.reader.hasBegun
        let silent = !hasBegun && self.isSecured
        guard let failure = self.failure else {
            let what = hasBegun ? "in the middle of an answer" : "without an answer"
            return HTTPFailure(
                error: ConnectionError(self.phase, "the server closed the connection \(what)"), cause: .eof,
                isSilent: silent)
        }
        let text = ErrorText.of(failure)
        let cause = ErrorText.cause(of: failure)
        if ErrorText.isTLS(failure) && !self.isSecured {
            return HTTPFailure(error: ConnectionError(.tls, "the TLS handshake failed", cause: text), cause: .tls)
        }
        // A reset discards bytes that had been sent: the answer, and the messages in it, may be lost. A server that
        // closes an idle connection sends a FIN, after which a write fails.
        let isClosed = cause == .eof || cause == .write
        let message = hasBegun ? "the connection was lost in the middle of an answer" : "the connection was lost"
        return HTTPFailure(
            error: ConnectionError(self.phase, message, cause: text), cause: cause, isSilent: silent && isClosed)
    }
}
