import EngineIO
import NIOCore

/// One kept-alive connection of the polling transport: one request at a time, on a fresh connection where the server closed it.
///
/// Servers close idle connections when they like, also right after an answer that does not say so. So that no message is lost,
/// and none is sent twice:
/// - A connection is looked at before each request. One on which anything has come since the last answer, be it only its end, is
///   not used any more.
/// - The second request of a connection shows whether the server keeps it. A POST waits for the end of the connection
///   for a moment where the answer before has just come, and one server that has closed connections so gets a fresh one for
///   each request.
/// - A GET that meets the end of the connection, without a byte of an answer, is repeated once. After a reset it is not: messages
///   of its answer may have been lost, and the next GET would hide that.
/// - A POST is repeated once where it surely was not read: the server had ended the connection, and its system refused the request.
final class HTTPConnection {
    /// How long after its first answer a server may close the connection before a POST trusts it.
    private static let doubt = TimeAmount.milliseconds(5)
    /// A connection that was closed so soon was not idle.
    private static let soon = TimeAmount.seconds(1)

    private let connector: Connector
    private let url: ServerURL
    private var handler: HTTPExchangeHandler?
    private var progress: ConnectionProgress?
    private var isClosed = false
    /// The server closes connections behind its answers and does not say so.
    private var isKeepingNone = false
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
        if request.purpose == .post, let handler = self.handler, handler.answers == 1, handler.canBeUsedAgain() {
            let wait = handler.lastAnswer + Self.doubt - .now()
            if wait > .nanoseconds(0) {
                self.connector.loop.eventLoop.assumeIsolated().scheduleTask(in: wait) {
                    guard !self.isClosed, generation == self.generation, self.completion != nil else { return }
                    self.start(request, generation)
                }
                return
            }
        }
        self.start(request, generation)
    }

    private func start(_ request: HTTPRequest, _ generation: Int) {
        guard let handler = self.handler, !self.isKeepingNone, handler.canBeUsedAgain() else {
            self.retire()
            return self.open(request, generation, earlier: nil)
        }
        self.exchange(request, on: handler, generation) { failure in
            guard request.purpose == .post ? failure.isUnread : failure.isSilent else { return false }
            self.retire()
            self.open(request, generation, earlier: failure)
            return true
        }
    }

    /// Gives up the connection that there is, and learns from its end.
    private func retire() {
        guard let handler = self.handler else { return }
        if handler.answers == 1, let time = handler.closedAfter, time < Self.soon { self.isKeepingNone = true }
        self.handler = nil
        handler.close()
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
        self.progress = self.connector.connect(to: self.url, for: .polling) { result in
            switch result {
            case .failure(let error):
                self.finish(generation, .failure(earlier ?? HTTPFailure(error: error, cause: .connect)))
            case .success(let channel):
                guard !self.isClosed, generation == self.generation else { return channel.close(promise: nil) }
                do {
                    let handler = HTTPExchangeHandler(
                        maximumMessageSize: self.connector.configuration.maximumMessageSize,
                        isSecure: self.url.isSecure)
                    try channel.pipeline.syncOperations.addHandler(handler)
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

    /// - Parameter retry: asked when the exchange fails; true where it has taken over.
    private func exchange(
        _ request: HTTPRequest, on handler: HTTPExchangeHandler, _ generation: Int,
        retry: @escaping (HTTPFailure) -> Bool
    ) {
        let trace = self.connector.observer.trace
        let showsHeaders = request.purpose == .opening
        trace?.request(
            request.head, .polling, bodySize: request.body?.readableBytes ?? 0, showsHeaders: showsHeaders)
        handler.send(request) { result in
            guard !self.isClosed, generation == self.generation else { return }
            if case .success(let response) = result {
                trace?.response(response, .polling, showsHeaders: showsHeaders)
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
