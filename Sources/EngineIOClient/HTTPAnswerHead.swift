import NIOHTTP1

/// The status line and the headers of an answer.
struct HTTPAnswerHead {
    var status: Int
    var headers: HTTPHeaders
    /// The values of its `Set-Cookie` headers as received: they need not be UTF-8.
    var cookies: [[UInt8]] = []
    /// Whether the server accepts another request on the connection, as far as the head shows.
    var isKeepAlive = true
    /// The length of the body, if the head has one.
    var length: Int?

    var isSuccess: Bool { (200..<300).contains(self.status) }
}
