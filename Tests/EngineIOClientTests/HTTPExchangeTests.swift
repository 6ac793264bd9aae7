import EngineIO
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOSSL
import Testing

@testable import EngineIOClient

/// The results of exchanges with bytes, errors and ends in every order.
struct HTTPExchangeTests {
    private final class Exchange {
        let channel = EmbeddedChannel()
        let handler = HTTPExchangeHandler(maximumMessageSize: 1000, isSecure: false)
        var results: [Result<HTTPResponse, HTTPFailure>] = []

        init(_ purpose: HTTPExchangePurpose = .poll) throws {
            try self.channel.pipeline.syncOperations.addHandler(self.handler)
            try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            self.send(purpose)
        }

        func send(_ purpose: HTTPExchangePurpose, headers: HTTPHeaders = [:]) {
            self.handler.send(HTTPRequest(purpose: purpose, target: "/", headers: headers)) { self.results.append($0) }
        }

        func receive(_ text: String) { _ = try? self.channel.writeInbound(ByteBuffer(string: text)) }
        func fail(_ error: any Error) { self.channel.pipeline.fireErrorCaught(error) }
        func end() { _ = try? self.channel.finish(acceptAlreadyClosed: true) }

        var status: Int? { (try? self.results.last?.get())?.status }
        var body: String? { (try? self.results.last?.get()).map { String(buffer: $0.body) } }
        var failure: HTTPFailure? {
            if case .failure(let failure)? = self.results.last { failure } else { nil }
        }
    }

    @Test(arguments: [
        "\r\n", "H", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n4EVIL!", "<!-- -->", "HTTP/1.1 200 OK\r\nX: a",
    ])
    func bytesBehindAnAnswerEndTheConnection(extra: String) throws {
        let exchange = try Exchange()
        exchange.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6\(extra)")
        #expect(exchange.body == "6")
        #expect(!exchange.handler.canBeUsedAgain())
        #expect(!exchange.channel.isActive)
        let late = try Exchange()
        late.receive("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n6")
        #expect(late.handler.canBeUsedAgain())
        late.receive(extra)
        #expect(!late.handler.canBeUsedAgain())
        #expect(late.results.count == 1)
    }

    /// TLS may read several pieces at once.
    @Test func bytesBehindAnAnswerMayComeInAnotherPiece() throws {
        let exchange = try Exchange()
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
        exchange.channel.pipeline.fireChannelRead(ByteBuffer(string: answer + "6"))
        exchange.channel.pipeline.fireChannelRead(ByteBuffer(string: answer + "4"))
        #expect(exchange.results.isEmpty)
        exchange.channel.pipeline.fireChannelReadComplete()
        #expect(exchange.body == "6")
        #expect(exchange.results.count == 1)
        #expect(!exchange.channel.isActive)
    }

    @Test func aBodyWithoutLengthEndsWithTheConnectionOnlyIfThatEndedWell() throws {
        for error in [nil, NIOSSLError.uncleanShutdown, IOError(errnoCode: 104, reason: "")] as [(any Error)?] {
            let exchange = try Exchange()
            exchange.receive("HTTP/1.1 200 OK\r\n\r\n4pay 100 to al")
            if let error { exchange.fail(error) } else { exchange.end() }
            #expect(exchange.body == (error == nil ? "4pay 100 to al" : nil))
            #expect(exchange.failure.map(\.isSilent) == (error == nil ? nil : false))
        }
    }

    @Test(
        arguments: [
            "Content-Length: 9\r\n\r\n4a", "Transfer-Encoding: chunked\r\n\r\n2\r\n4a\r\n", "Content-Length: 9\r\n",
            "Content-Encoding: gzip\r\n\r\n\u{1F}",
        ], [HTTPExchangePurpose.opening, .poll, .webSocket])
    func cutAnswers(rest: String, purpose: HTTPExchangePurpose) throws {
        let exchange = try Exchange(purpose)
        exchange.receive("HTTP/1.1 200 OK\r\n\(rest)")
        exchange.end()
        #expect(exchange.failure?.isSilent == false)
    }

    @Test(
        arguments: [
            "Content-Length: 9\r\n\r\nno", "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n", "\r\nno",
            "Content-Encoding: br\r\nContent-Length: 9\r\n\r\nno", "Transfer-Encoding: chunked\r\n\r\nrubbish\r\n",
        ], [HTTPExchangePurpose.opening, .poll, .post, .webSocket])
    func aCutRefusalHasItsStatus(rest: String, purpose: HTTPExchangePurpose) throws {
        let exchange = try Exchange(purpose)
        exchange.receive("HTTP/1.1 403 F\r\n\(rest)")
        exchange.fail(NIOSSLError.uncleanShutdown)
        #expect(exchange.status == 403)
        #expect(!exchange.handler.canBeUsedAgain())
    }

    @Test func aLongAnswerToAPostIsNotReadOn() throws {
        let exchange = try Exchange(.post)
        exchange.receive("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + String(repeating: "x", count: 70_000))
        #expect(exchange.body == "")
        #expect(!exchange.channel.isActive)
    }

    @Test(arguments: [("", true), ("\r\n", true), ("H", false), ("HTTP/1.1 100 C\r\n\r\n", false)])
    func silence(text: String, isSilent: Bool) throws {
        let exchange = try Exchange()
        exchange.receive(text)
        exchange.end()
        #expect(exchange.failure?.isSilent == isSilent)
        #expect(exchange.failure?.isUnread == false)
    }

    @Test func whatFollowsASwitchOfProtocolsIsKept() throws {
        let exchange = try Exchange(.webSocket)
        exchange.receive("HTTP/1.1 101 S\r\n\r\n\u{1}2")
        #expect(exchange.status == 101)
        #expect(exchange.handler.bytesBehind == ByteBuffer(string: "\u{1}2"))
        #expect(exchange.channel.isActive)
    }

    @Test(arguments: [("a", "b\r\nEvil: 1"), ("a b", "c"), ("", "c"), ("a", "\0")])
    func aHeaderStaysOne(name: String, value: String) throws {
        let exchange = try Exchange()
        exchange.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        exchange.send(.poll, headers: HTTPHeaders([(name, value)]))
        #expect(exchange.failure?.error.message.contains("character") == true)
    }
}
