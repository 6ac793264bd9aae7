import EngineIO
import NIOCore
import NIOHTTP1

/// Opens a websocket: connects, asks for the upgrade, checks the answer (RFC 6455, section 4.1).
final class WebSocketHandshake {
    private let connector: Connector
    private var channel: (any Channel)?
    private var exchange: HTTPExchangeHandler?
    private var progress: ConnectionProgress?
    private var completion: ((OpeningFailure?) -> Void)?
    private var timer: NetworkTimer?

    init(connector: Connector) {
        self.connector = connector
    }

    /// The step that the handshake waits for.
    var phase: ConnectionError.Phase { self.exchange?.phase ?? self.progress?.phase ?? .tcp }

    /// - Parameters:
    ///   - frames: takes the connection once the server has agreed.
    ///   - completion: called once, on the loop, before the first frame, and never after ``cancel()``. nil: there is a
    ///     websocket.
    func start(
        _ builder: RequestBuilder, timeout: TimeAmount, for frames: WebSocketHandler,
        completion: @escaping (OpeningFailure?) -> Void
    ) {
        self.completion = completion
        self.timer = NetworkTimer(on: self.connector.loop.eventLoop, in: timeout) {
            let error = ConnectionError(timeout: timeout, in: self.phase, to: builder.url)
            self.finish(OpeningFailure(error: error))
        }
        let key = Self.newKey()
        self.progress = self.connector.connect(to: builder.url, for: .websocket) { result in
            switch result {
            case .failure(let error):
                self.finish(OpeningFailure(error: error))
            case .success(let channel):
                guard self.completion != nil else { return channel.close(promise: nil) }
                self.channel = channel
                self.shakeHands(builder.webSocket(key: key), builder: builder, key: key, channel, frames)
            }
        }
    }

    func cancel() {
        self.completion = nil
        self.timer?.cancel()
        self.progress?.abandon()
        self.channel?.close(promise: nil)
        self.channel = nil
        self.exchange = nil
    }

    private func shakeHands(
        _ request: HTTPRequest, builder: RequestBuilder, key: String, _ channel: any Channel,
        _ frames: WebSocketHandler
    ) {
        let exchange = HTTPExchangeHandler(
            maximumMessageSize: self.connector.configuration.maximumMessageSize, isSecure: builder.url.isSecure)
        self.exchange = exchange
        do {
            try channel.pipeline.syncOperations.addHandler(exchange)
        } catch {
            let error = ConnectionError(lostBeforeAnswerOf: builder.url, cause: ErrorText.of(error))
            return self.finish(OpeningFailure(error: error))
        }
        let trace = self.connector.observer.trace
        trace?.request(request.head, .websocket, bodySize: 0, showsHeaders: true)
        exchange.send(request) { result in
            switch result {
            case .failure(let failure):
                self.finish(OpeningFailure(error: failure.error))
            case .success(let response):
                trace?.response(response, .websocket, showsHeaders: true)
                builder.store(response)
                if let error = Self.check(response, to: request, key: key) {
                    return self.finish(OpeningFailure(error: error, response: response))
                }
                self.handOver(channel, exchange, to: frames, isSecure: builder.url.isSecure)
            }
        }
    }

    private func handOver(
        _ channel: any Channel, _ exchange: HTTPExchangeHandler, to frames: WebSocketHandler, isSecure: Bool
    ) {
        guard self.completion != nil else { return }
        // If the server has closed the connection meanwhile, no handler would be notified of it.
        if channel.isActive { frames.take(channel, isSecure: isSecure) }
        channel.pipeline.syncOperations.removeHandler(exchange, promise: nil)
        self.channel = nil
        self.finish(nil)
        frames.start(exchange.bytesBehind, failure: exchange.failure)
    }

    private func finish(_ failure: OpeningFailure?) {
        guard let completion = self.completion else { return }
        self.completion = nil
        self.timer?.cancel()
        self.timer = nil
        self.exchange = nil
        if failure != nil {
            self.progress?.abandon()
            self.channel?.close(promise: nil)
            self.channel = nil
        }
        completion(failure)
    }

    private static func check(_ response: HTTPResponse, to request: HTTPRequest, key: String) -> ConnectionError? {
        if response.status != 101 { return ConnectionError(response) }
        func has(_ name: String, _ token: String) -> Bool {
            response.headers[canonicalForm: name].contains { $0.lowercased() == token }
        }
        guard has("upgrade", "websocket"), has("connection", "upgrade") else {
            return ConnectionError(.http, "the server's answer does not switch to the websocket protocol", status: 101)
        }
        guard response.headers.first(name: "Sec-WebSocket-Accept") == WebSocketHandshakeKey.accept(for: key) else {
            return ConnectionError(.http, "the server's answer has a wrong Sec-WebSocket-Accept", status: 101)
        }
        // An empty one names nothing.
        let extensions = response.headers[canonicalForm: "sec-websocket-extensions"].filter { !$0.isEmpty }
        guard extensions.isEmpty else {
            return ConnectionError(
                .http, "the server's answer has a Sec-WebSocket-Extensions that was not asked for", status: 101)
        }
        let offered = request.headers[canonicalForm: "sec-websocket-protocol"]
        let chosen = response.headers[canonicalForm: "sec-websocket-protocol"].filter { !$0.isEmpty }
        guard chosen.count <= 1, chosen.allSatisfy(offered.contains) else {
            return ConnectionError(
                .http, "the server's answer has a Sec-WebSocket-Protocol that was not asked for", status: 101)
        }
        return nil
    }

    private static func newKey() -> String {
        var key = ByteBuffer()
        RandomBytes.words(4).withUnsafeBytes { Base64.encode($0, into: &key) }
        return String(buffer: key)
    }
}
