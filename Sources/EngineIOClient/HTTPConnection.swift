import EngineIO
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix

/// A request of the polling transport, without its connection.
struct HTTPRequest {
    var method: HTTPMethod
    var target: String
    var headers: HTTPHeaders
    var body: ByteBuffer?
    /// It is the first one of a session.
    var opensSession = false
}

/// One kept-alive connection of the polling transport: one request at a time, opened anew where the server closed it.
final class HTTPConnection {
    private let connector: Connector
    private let url: ServerURL
    private var handler: HTTPExchangeHandler?
    private var progress: ConnectionProgress?
    private var isClosed = false
    /// Counts requests, so that a timer of one that is over does nothing.
    private var generation = 0
    private var completion: ((Result<HTTPResponse, HTTPFailure>) -> Void)?
    private var timer: NetworkTimer?

    init(connector: Connector, url: ServerURL) {
        self.connector = connector
        self.url = url
    }

    /// What the request that was sent waits for.
    var phase: ConnectionError.Phase { self.handler?.phase ?? self.progress?.phase ?? .tcp }

    /// Sends `request`; `completion` is called once, on the loop, and never after ``close()``.
    ///
    /// A GET on a kept-alive connection that the server closes without a byte of an answer is repeated once on a fresh
    /// connection, as servers close idle ones when they like. After a reset it is not: messages of its answer may have been
    /// lost, and the next GET would hide that. Nor is a POST: it may have been read.
    func send(
        _ request: HTTPRequest, timeout: TimeAmount,
        completion: @escaping (Result<HTTPResponse, HTTPFailure>) -> Void
    ) {
        self.generation += 1
        let generation = self.generation
        self.completion = completion
        self.timer = NetworkTimer(on: self.connector.loop.eventLoop, in: timeout) {
            self.timedOut(generation, timeout)
        }
        if let handler = self.handler, handler.isActive, handler.isReusable {
            self.exchange(request, on: handler, generation) { failure in
                guard request.method == .GET, failure.isSilent else { return false }
                self.open(request, generation, earlier: failure)
                return true
            }
        } else {
            self.open(request, generation, earlier: nil)
        }
    }

    func close() {
        self.isClosed = true
        self.timer?.cancel()
        self.completion = nil
        self.progress?.abandon()
        self.handler?.close()
        self.handler = nil
    }

    private func open(_ request: HTTPRequest, _ generation: Int, earlier: HTTPFailure?) {
        self.handler = nil
        self.progress = self.connector.connect(to: self.url, for: .polling) { result in
            switch result {
            case .failure(let error):
                self.finish(generation, .failure(earlier ?? HTTPFailure(error: error, cause: .connect)))
            case .success(let channel):
                guard !self.isClosed, generation == self.generation else { return channel.close(promise: nil) }
                do {
                    let handler = try self.addHandlers(to: channel)
                    self.handler = handler
                    self.exchange(request, on: handler, generation) { _ in false }
                } catch {
                    channel.close(promise: nil)
                    let error = ConnectionError(lostBeforeAnswerOf: self.url, cause: ErrorText.of(error))
                    self.finish(generation, .failure(HTTPFailure(error: error, cause: .connect)))
                }
            }
        }
    }

    private func addHandlers(to channel: any Channel) throws -> HTTPExchangeHandler {
        // Base64 and the packet types make a body longer than its messages.
        let messageLimit = self.connector.configuration.maximumMessageSize
        let limit = messageLimit / 3 * 4 + 65536
        let limitText = "the server's answer is over the limit of \(messageLimit) bytes (max_message_size)"
        let handler = HTTPExchangeHandler(bodyLimit: limit, limitText: limitText, isSecure: self.url.isSecure)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(NIOHTTPResponseDecompressor(limit: .size(limit)))
        try pipeline.addHandler(handler)
        return handler
    }

    /// - Parameter retry: asked when the exchange fails; true where it has taken over.
    private func exchange(
        _ request: HTTPRequest, on handler: HTTPExchangeHandler, _ generation: Int,
        retry: @escaping (HTTPFailure) -> Bool
    ) {
        var headers = request.headers
        if let body = request.body { headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)") }
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.target, headers: headers)
        let trace = self.connector.trace
        trace?.request(
            head, .polling, bodySize: request.body?.readableBytes ?? 0, showsHeaders: request.opensSession)
        handler.send(head, body: request.body) { result in
            guard !self.isClosed, generation == self.generation else { return }
            if case .success(let response) = result {
                trace?.response(response, .polling, showsHeaders: request.opensSession)
            }
            if case .failure(let failure) = result, retry(failure) { return }
            self.finish(generation, result)
        }
    }

    private func timedOut(_ generation: Int, _ timeout: TimeAmount) {
        guard generation == self.generation, self.completion != nil else { return }
        let error = ConnectionError(timeout: timeout, in: self.phase, to: self.url)
        let handler = self.handler
        self.handler = nil
        self.finish(generation, .failure(HTTPFailure(error: error, cause: .requestTimeout)))
        handler?.close()
    }

    private func finish(_ generation: Int, _ result: Result<HTTPResponse, HTTPFailure>) {
        guard generation == self.generation, let completion = self.completion else { return }
        self.completion = nil
        self.timer?.cancel()
        self.timer = nil
        self.progress?.abandon()
        self.progress = nil
        completion(result)
    }
}
