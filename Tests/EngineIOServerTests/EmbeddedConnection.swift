import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import EngineIOServer

/// One HTTP connection to a server without sockets: tasks of the loop run only when a test runs them.
struct EmbeddedConnection {
    struct Answer: Equatable {
        var status: Int
        var body: String
    }

    let channel: EmbeddedChannel

    init(_ server: ServerContext, _ loop: EmbeddedEventLoop) {
        self.channel = EmbeddedChannel(handler: HTTPConnectionHandler(server: server, httpHandlers: []), loop: loop)
    }

    func request(_ method: HTTPMethod, sid: String, body: String = "") throws {
        let uri = "/engine.io/?EIO=4&transport=polling" + (sid.isEmpty ? "" : "&sid=\(sid)")
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: ["Host": "localhost"])
        try self.channel.writeInbound(HTTPServerRequestPart.head(head))
        if !body.isEmpty { try self.channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: body))) }
        try self.channel.writeInbound(HTTPServerRequestPart.end(nil))
    }

    /// The answer that was written since the last call; nil if there is none.
    func answer() throws -> Answer? {
        var answer: Answer?
        while let part = try self.channel.readOutbound(as: HTTPServerResponsePart.self) {
            switch part {
            case .head(let head): answer = Answer(status: Int(head.status.code), body: "")
            case .body(.byteBuffer(let bytes)): answer?.body += String(buffer: bytes)
            case .body, .end: break
            }
        }
        return answer
    }
}
