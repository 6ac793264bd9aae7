import NIOCore
import NIOHTTP1

/// One request of a connection of an ``HTTPListener``, and the answer to it. It belongs to the listener's thread.
final class HTTPExchange {
    let request: HTTPRequestHead
    let channel: any Channel
    private let connections: BoundedConnections

    /// From the request to the last byte of the answer.
    private static let answerTime = TimeAmount.seconds(60)

    init(_ request: HTTPRequestHead, _ channel: any Channel, _ connections: BoundedConnections) {
        (self.request, self.channel, self.connections) = (request, channel, connections)
        connections.extend(channel, by: Self.answerTime)
    }

    /// Answers, and closes the connection after the last byte.
    func answer(_ answer: HTTPAnswer) {
        var headers: HTTPHeaders = [
            "content-type": answer.contentType, "content-length": String(answer.body.utf8.count),
            "connection": "close",
        ]
        headers.add(contentsOf: answer.headers)
        self.write(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)))
        if self.request.method != .HEAD { self.write(.body(.byteBuffer(ByteBuffer(string: answer.body)))) }
        let channel = self.channel
        self.flush(.end(nil)) { channel.close(promise: nil) }
    }

    /// Begins an answer without an end.
    func beginStream(contentType: String, headers: [(String, String)]) {
        self.connections.use(self.channel)
        var all: HTTPHeaders = ["content-type": contentType]
        all.add(contentsOf: headers)
        // A client of HTTP/1.0 does not know chunks: its stream ends with the connection.
        let version = self.request.version == .http1_0 ? HTTPVersion.http1_0 : .http1_1
        self.write(.head(HTTPResponseHead(version: version, status: .ok, headers: all)))
    }

    /// Writes a part of an answer without an end.
    ///
    /// - Parameter whenTaken: called after the system has taken all bytes; not called if the connection ends before.
    func stream(_ text: String, whenTaken: @escaping () -> Void) {
        self.flush(.body(.byteBuffer(ByteBuffer(string: text))), whenTaken)
    }

    /// - Parameter body: called after the connection has ended.
    func whenClosed(_ body: @escaping () -> Void) {
        self.channel.closeFuture.assumeIsolated().whenComplete { _ in body() }
    }

    private func write(_ part: HTTPServerResponsePart) { self.channel.write(part, promise: nil) }

    private func flush(_ part: HTTPServerResponsePart, _ whenTaken: @escaping () -> Void) {
        self.channel.writeAndFlush(part).assumeIsolated().whenSuccess(whenTaken)
    }
}
