import EngineIO
import NIOCore

/// A kept-alive connection of the polling transport, for one request at a time. If the server has closed it, the next
/// request opens a new one.
///
/// Servers may close idle connections at any time, even right after an answer that does not announce it. To lose no
/// message and to send none twice:
/// - A connection is checked before each request. If anything has arrived since the last answer, even if only the end
///   of the connection, it is not used again.
/// - The second request of a connection shows whether the server keeps it open. A POST right after the first answer
///   waits a moment for the end of the connection, and a server that has closed a connection like this gets a new one
///   for each request.
/// - A GET that meets the end of the connection, without a byte of an answer, is repeated once. After a reset it is
///   not: messages of its answer may have been lost, and the next GET would hide that.
/// - A POST is repeated once if it certainly was not read: the server had closed the connection, and its system refused
///   the request.
final class HTTPConnection {
    /// A connection that was closed within this time after its first answer was not idle.
    private static let soon = TimeAmount.seconds(1)

    private let connector: Connector
    private let url: ServerURL
    private let doubt: TimeAmount
    private var handler: HTTPExchangeHandler?
    private var progress: ConnectionProgress?
    private var isClosed = false
    /// Whether the server closes connections after its answers without announcing it.
    private var isKeepingNone = false
    /// Counts requests, so that the timer of an earlier request does nothing.
    private var generation = 0
    private var completion: ((Result<HTTPResponse, HTTPFailure>) -> Void)?
    private var timer: NetworkTimer?

    /// - Parameter doubt: the time after the first answer in which a POST waits for the end of the connection.
    init(connector: Connector, url: ServerURL, doubt: TimeAmount = .milliseconds(5)) {
        self.connector = connector
        self.url = url
        self.doubt = doubt
    }

    /// The step that the current request waits for.
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
        if !request.purpose.isIdempotent, let handler = self.handler, handler.answers == 1, handler.canBeUsedAgain() {
            let wait = handler.lastAnswer + self.doubt - .now()
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
            guard request.purpose.isIdempotent ? failure.isSilent : failure.isUnread else { return false }
            self.retire()
            self.open(request, generation, earlier: failure)
            return true
        }
    }

    /// Stops using the current connection, and learns from its end.
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
        self.progress = self.connector.connect(to: self.url, for: request.purpose.transport) { result in
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

    /// - Parameter retry: called if the exchange fails; returns true if it has started another attempt.
    private func exchange(
        _ request: HTTPRequest, on handler: HTTPExchangeHandler, _ generation: Int,
        retry: @escaping (HTTPFailure) -> Bool
    ) {
        let (trace, purpose) = (self.connector.observer.trace, request.purpose)
        trace?.request(
            request.head, purpose.transport, bodySize: request.body?.readableBytes ?? 0,
            showsHeaders: purpose.isTracedWithHeaders)
        handler.send(request) { result in
            guard !self.isClosed, generation == self.generation else { return }
            if case .success(let response) = result {
                trace?.response(response, purpose.transport, showsHeaders: purpose.isTracedWithHeaders)
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
