import EngineIO
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EngineIOServer

/// Sessions over polling, on connections without sockets.
struct ServerSessionTests {
    private let loop = EmbeddedEventLoop()
    private let ok = EmbeddedConnection.Answer(status: 200, body: "ok")

    private func server(_ mode: ServerConfiguration.Mode, maxQueued: Int = 16 << 20) -> ServerContext {
        var configuration = ServerConfiguration()
        configuration.mode = mode
        configuration.maxQueued = maxQueued
        return ServerContext(configuration, eventLoop: self.loop)
    }

    private func packets(_ count: Int) -> String { Array(repeating: "4m", count: count).joined(separator: "\u{1E}") }

    @Test func aSecondPollEndsTheSession() throws {
        let server = self.server(.echo)
        let session = server.openSession(.overRequests)
        let (first, second) = (EmbeddedConnection(server, self.loop), EmbeddedConnection(server, self.loop))
        try first.request(.GET, sid: session.sid)
        #expect(try first.answer() == nil)
        try second.request(.GET, sid: session.sid)
        #expect(try first.answer() == .init(status: 200, body: "1"))
        #expect(try second.answer() == .init(status: 400, body: #"{"code":3,"message":"Bad request"}"#))
        try second.request(.GET, sid: session.sid)
        #expect(try second.answer() == .init(status: 400, body: #"{"code":1,"message":"Session ID unknown"}"#))
    }

    @Test func thePostOfAClientThatIsBehindWithItsPollsIsHeld() throws {
        let server = self.server(.echo, maxQueued: 1000)
        let session = server.openSession(.overRequests)
        let (poll, post) = (EmbeddedConnection(server, self.loop), EmbeddedConnection(server, self.loop))
        // Nothing is refused for its size: one post may fill the queue beyond its limit.
        let message = "4" + "x" * 2000
        try post.request(.POST, sid: session.sid, body: message)
        self.loop.run()
        #expect(server.statistics.messages == 1)
        #expect(try post.answer() == nil)
        try poll.request(.GET, sid: session.sid)
        #expect(try poll.answer() == .init(status: 200, body: message))
        #expect(try post.answer() == self.ok)
    }

    @Test func aLongPostIsReadInTurns() throws {
        let server = self.server(.sink)
        let session = server.openSession(.overRequests)
        let (post, other) = (EmbeddedConnection(server, self.loop), EmbeddedConnection(server, self.loop))
        try post.request(.POST, sid: session.sid, body: self.packets(5000))
        #expect((1...TurnBudget.packets).contains(server.statistics.messages))
        #expect(try post.answer() == nil)
        // Other clients are served meanwhile.
        try other.request(.GET, sid: "")
        #expect(try other.answer()?.status == 200)
        self.loop.run()
        #expect(server.statistics.messages == 5000)
        #expect(try post.answer() == self.ok)
    }

    @Test func aSecondPostDuringTheTurnsOfTheFirstEndsTheSession() throws {
        let server = self.server(.sink)
        let session = server.openSession(.overRequests)
        let (post, other) = (EmbeddedConnection(server, self.loop), EmbeddedConnection(server, self.loop))
        try post.request(.POST, sid: session.sid, body: self.packets(5000))
        try other.request(.POST, sid: session.sid, body: "4m")
        #expect(try other.answer()?.status == 400)
        self.loop.run()
        #expect(server.statistics.messages <= TurnBudget.packets)
        #expect(server.statistics.open == 0)
    }

    @Test func aPacketInALaterTurnCanEndTheSession() throws {
        for (last, answer) in [("1", self.ok), ("x", nil)] as [(String, EmbeddedConnection.Answer?)] {
            let server = self.server(.sink)
            let session = server.openSession(.overRequests)
            let post = EmbeddedConnection(server, self.loop)
            try post.request(.POST, sid: session.sid, body: self.packets(3000) + "\u{1E}\(last)\u{1E}4m")
            self.loop.run()
            #expect(server.statistics.messages == 3000)
            #expect(server.statistics.open == 0)
            let expected = answer ?? .init(status: 400, body: #"{"code":3,"message":"Bad request"}"#)
            let actual = try post.answer()
            #expect(actual == expected)
        }
    }

    @Test func thePostOfAConnectionThatHasGoneIsReadToItsEnd() throws {
        let server = self.server(.sink)
        let session = server.openSession(.overRequests)
        let (post, other) = (EmbeddedConnection(server, self.loop), EmbeddedConnection(server, self.loop))
        try post.request(.POST, sid: session.sid, body: self.packets(3000))
        post.channel.pipeline.fireChannelInactive()
        self.loop.run()
        #expect(server.statistics.messages == 3000)
        try other.request(.POST, sid: session.sid, body: "4m")
        #expect(try other.answer() == self.ok)
    }
}
