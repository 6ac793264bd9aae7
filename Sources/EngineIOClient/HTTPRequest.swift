import EngineIO
import NIOCore
import NIOHTTP1

/// A request without its connection.
struct HTTPRequest {
    var purpose: HTTPExchangePurpose
    var target: String
    var headers: HTTPHeaders
    /// The value of the `Cookie` header, as bytes: cookies are sent back exactly as received.
    var cookie: [UInt8]?
    var body: ByteBuffer?

    /// The head as a trace shows it.
    var head: HTTPRequestHead {
        var headers = self.headers
        if let body = self.body { headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)") }
        if let cookie = self.cookie { headers.add(name: "Cookie", value: String(decoding: cookie, as: UTF8.self)) }
        return HTTPRequestHead(version: .http1_1, method: self.purpose.method, uri: self.target, headers: headers)
    }

    /// Encodes the request, a short body together with the head (RFC 9112, section 3).
    ///
    /// - Throws: ``ConnectionError`` for a header with a character that would end it.
    func encoded() throws(ConnectionError) -> (head: ByteBuffer, body: ByteBuffer?) {
        var head = ByteBuffer()
        head.reserveCapacity(1024)
        head.writeString("\(self.purpose.method.rawValue) \(self.target) HTTP/1.1\r\n")
        for (name, value) in self.headers {
            guard !name.isEmpty, name.utf8.allSatisfy(HTTPAnswerField.isToken),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                let shown = HTTPAnswerField.shown(name)
                throw ConnectionError(.http, "the header \"\(shown)\" has a character that headers cannot have")
            }
            head.writeString("\(name): \(value)\r\n")
        }
        if let cookie = self.cookie {
            head.writeString("Cookie: ")
            head.writeBytes(cookie)
            head.writeString("\r\n")
        }
        if let body = self.body { head.writeString("Content-Length: \(body.readableBytes)\r\n") }
        head.writeString("\r\n")
        guard let body = self.body, body.readableBytes > Self.joinedLength else {
            if let body = self.body { head.writeImmutableBuffer(body) }
            return (head, nil)
        }
        return (head, body)
    }

    /// The longest body that is sent in one packet with its head.
    private static let joinedLength = 8 << 10
}
