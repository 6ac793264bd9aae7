import NIOCore
import NIOHTTP1

/// A whole answer to a request.
struct HTTPAnswer {
    var status = HTTPResponseStatus.ok
    var body: String
    var contentType = "text/plain; charset=utf-8"
    var headers: [(String, String)] = []
}
