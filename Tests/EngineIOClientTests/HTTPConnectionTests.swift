import EngineIO
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import EngineIOClient

/// The connections that ``HTTPConnection`` uses for its requests.
struct HTTPConnectionTests {
    private final class Client {
        let network = MemoryNetwork()
        let connection: HTTPConnection
        private(set) var results: [Result<HTTPResponse, HTTPFailure>] = []

        /// - Parameter url: with an address, so that no name is looked up.
        init(_ url: String = "http://127.0.0.1:1", doubt: TimeAmount = .hours(1)) throws {
            self.connection = HTTPConnection(
                connector: self.network.connector(), url: try ServerURL(url), doubt: doubt)
        }

        func send(_ purpose: HTTPExchangePurpose, timeout: TimeAmount = .seconds(5)) {
            let request = HTTPRequest(purpose: purpose, target: "/", headers: [:])
            self.connection.send(request, timeout: timeout) { self.results.append($0) }
        }

        /// Sends a request on a new connection, and answers it.
        func exchange(_ purpose: HTTPExchangePurpose, headers: String = "") throws -> EmbeddedChannel {
            self.send(purpose)
            let channel = try self.network.accept()
            try self.answer(on: channel, headers: headers)
            return channel
        }

        func answer(on channel: EmbeddedChannel, headers: String = "") throws {
            #expect(try channel.written().hasSuffix(" / HTTP/1.1\r\n\r\n"))
            let count = self.results.count
            channel.receive("HTTP/1.1 200 OK\r\n\(headers)Content-Length: 2\r\n\r\nok")
            #expect(self.results.count == count + 1)
            #expect(self.failure == nil)
        }

        var failure: HTTPFailure? {
            if case .failure(let failure)? = self.results.last { failure } else { nil }
        }
    }

    @Test func requestsShareAConnection() throws {
        let client = try Client()
        let channel = try client.exchange(.opening)
        for _ in 0..<3 {
            client.send(.poll)
            try client.answer(on: channel)
        }
        client.send(.post)
        try client.answer(on: channel)
        #expect(client.network.channels.count == 1)
        #expect(client.network.attempts.isEmpty)
    }

    @Test(arguments: ["Connection: close\r\n", "Keep-Alive: timeout=0\r\n", "Transfer-Encoding: identity\r\n"])
    func anAnnouncedEndIsBelieved(headers: String) throws {
        let client = try Client()
        let channel = try client.exchange(.poll, headers: headers)
        #expect(channel.isActive == headers.hasPrefix("Transfer"))
        client.send(.poll)
        #expect(client.network.attempts.count == (channel.isActive ? 0 : 1))
    }

    @Test func aConnectionThatHasEndedIsNotUsed() throws {
        for purpose in [HTTPExchangePurpose.poll, .post] {
            let client = try Client()
            let channel = try client.exchange(.poll)
            client.network.end(channel)
            client.send(purpose)
            let next = try client.network.accept()
            try client.answer(on: next)
        }
    }

    @Test func aConnectionWithBytesThatNobodyAskedForIsNotUsed() throws {
        let client = try Client()
        let channel = try client.exchange(.poll)
        channel.receive("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n4EVIL!")
        client.send(.poll)
        #expect(client.network.attempts.count == 1)
        #expect(client.results.count == 1)
    }

    @Test func aGETThatMeetsTheEndOfItsConnectionIsRepeatedOnce() throws {
        let client = try Client()
        let channel = try client.exchange(.poll)
        client.send(.poll)
        client.network.end(channel)
        #expect(client.results.count == 1)
        let second = try client.network.accept()
        #expect(try second.written().hasPrefix("GET / "))
        client.network.end(second)
        #expect(client.network.attempts.isEmpty)
        #expect(client.failure?.error.description == "the server closed the connection without an answer")
        #expect(client.failure?.cause == .eof)
    }

    @Test func aGETOnANewConnectionIsNotRepeated() throws {
        let client = try Client()
        client.send(.poll)
        client.network.end(try client.network.accept())
        #expect(client.network.attempts.isEmpty)
        #expect(client.results.count == 1)
    }

    @Test func aGETIsNotRepeatedAfterAResetOrTheStartOfAnAnswer() throws {
        for (bytes, error) in [("", IOError(errnoCode: 104, reason: "")), ("HTTP/1.1 200", nil)] as [(String, IOError?)]
        {
            let client = try Client()
            let channel = try client.exchange(.poll)
            client.send(.poll)
            if !bytes.isEmpty { channel.receive(bytes) }
            client.network.end(channel, error: error)
            #expect(client.network.attempts.isEmpty)
            #expect(client.failure?.isSilent == false)
        }
    }

    /// The server may have read it.
    @Test func aPOSTIsNotRepeated() throws {
        let client = try Client(doubt: .nanoseconds(0))
        let channel = try client.exchange(.poll)
        client.send(.post)
        client.network.end(channel)
        #expect(client.network.attempts.isEmpty)
        #expect(client.failure?.cause == .eof)
    }

    @Test func aPOSTWaitsForTheEndThatAServerDoesNotAnnounce() throws {
        let client = try Client(doubt: .hours(1))
        let channel = try client.exchange(.poll)
        // Longer than the time that passes, on a machine that has just started, too.
        client.send(.post, timeout: .hours(2))
        #expect(try channel.written() == "")
        client.network.end(channel)
        client.network.eventLoop.advanceTime(by: .hours(1))
        let second = try client.network.accept()
        try client.answer(on: second)
        // This server gets a new connection for each request from now on.
        for _ in 0..<2 {
            client.send(.poll)
            let next = try client.network.accept()
            #expect(!second.isActive)
            try client.answer(on: next)
        }
    }

    @Test func aPOSTTrustsAConnectionThatIsStillOpen() throws {
        let client = try Client(doubt: .hours(1))
        let channel = try client.exchange(.poll)
        // Longer than the time that passes, on a machine that has just started, too.
        client.send(.post, timeout: .hours(2))
        client.network.eventLoop.advanceTime(by: .hours(1))
        try client.answer(on: channel)
        // Once trusted, it is not waited for again.
        client.send(.post)
        try client.answer(on: channel)
        #expect(client.network.channels.count == 1)
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", false, "cannot connect to 127.0.0.1:1: no answer within 5 s"),
        ("http://127.0.0.1:1", true, "no answer from the server: it took longer than 5 s"),
        ("https://127.0.0.1:1", true, "the TLS handshake failed: it took longer than 5 s"),
    ])
    func aTimeoutNamesWhatItWaitedFor(url: String, isConnected: Bool, text: String) throws {
        let client = try Client(url)
        client.send(.poll)
        let channel = isConnected ? try client.network.accept() : nil
        client.network.eventLoop.advanceTime(by: .seconds(6))
        #expect(client.failure?.error.description == text)
        #expect(client.failure?.cause == .requestTimeout)
        #expect(channel?.isActive != true)
        #expect(client.network.cancelled == (isConnected ? 0 : 1))
        // It is over: nothing that comes later counts.
        channel?.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        client.network.eventLoop.run()
        #expect(client.results.count == 1)
    }

    @Test func anAnswerInTimeEndsTheTimer() throws {
        let client = try Client()
        _ = try client.exchange(.poll)
        client.network.eventLoop.advanceTime(by: .hours(1))
        #expect(client.results.count == 1)
        #expect(client.failure == nil)
    }

    @Test func aFailedConnectionIsTheFailureOfTheRequest() throws {
        let client = try Client()
        client.send(.post)
        client.network.fail(IOError(errnoCode: 111, reason: ""))
        #expect(client.failure?.cause == .connect)
        #expect(client.failure?.error.phase == .tcp)
        // The reason for a second connection is reported, not that there was none.
        let other = try Client()
        let channel = try other.exchange(.poll)
        other.send(.poll)
        other.network.end(channel)
        other.network.fail(IOError(errnoCode: 111, reason: ""))
        #expect(other.failure?.error.description == "the server closed the connection without an answer")
    }

    @Test func aClosedOneIsSilent() throws {
        let waiting = try Client()
        waiting.send(.poll)
        waiting.connection.close()
        #expect(waiting.network.cancelled == 1)
        let sent = try Client()
        sent.send(.poll)
        let channel = try sent.network.accept()
        sent.connection.close()
        sent.network.eventLoop.advanceTime(by: .hours(1))
        #expect(!channel.isActive)
        #expect(waiting.results.isEmpty && sent.results.isEmpty)
    }
}
