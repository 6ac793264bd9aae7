import NIOCore
import NIOHTTP1

/// The whole answer to one request.
struct HTTPResponse {
    var status: Int
    var headers: HTTPHeaders
    var body: ByteBuffer
    /// The values of its `Set-Cookie` headers as they came.
    var cookies: [[UInt8]] = []

    var isSuccess: Bool { (200..<300).contains(self.status) }
}
