import NIOHTTP1
import Testing

@testable import EngineIOClient

/// The events of an answer, in one word each.
private enum Seen: Equatable {
    case head(Int)
    case body(String)
    case end
}

struct HTTPAnswerReaderTests {
    /// Reads `text` in pieces of `length` bytes; parts of the body are joined. The rest is not a part of the answer.
    private static func read(
        _ text: [UInt8], by length: Int = .max
    ) throws(HTTPAnswerError) -> (seen: [Seen], left: Int, head: HTTPAnswerHead?) {
        var reader = HTTPAnswerReader()
        var seen: [Seen] = []
        var head: HTTPAnswerHead?
        var body: [UInt8] = []
        var start = 0
        while start < text.count, seen.last != .end {
            let piece = Array(text[start..<min(text.count, start + min(length, text.count))])
            start += piece.count
            let failure = piece.withUnsafeBytes { bytes -> HTTPAnswerError? in
                var rest = bytes
                do throws(HTTPAnswerError) {
                    while let event = try reader.next(&rest) {
                        switch event {
                        case .head(let it):
                            head = it
                            seen.append(.head(it.status))
                        case .body(let part): body += part
                        case .end:
                            if !body.isEmpty { seen.append(.body(String(decoding: body, as: UTF8.self))) }
                            seen.append(.end)
                            start -= rest.count
                        }
                    }
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
        }
        if seen.last != .end, !body.isEmpty { seen.append(.body(String(decoding: body, as: UTF8.self))) }
        return (seen, text.count - start, head)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", [Seen.head(200), .body("ok"), .end], 0),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nokHTTP/1.1", [.head(200), .body("ok"), .end], 8),
        ("HTTP/1.1 200 \nContent-Length:2\n\nok\r\n", [.head(200), .body("ok"), .end], 2),
        ("\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nH", [.head(204), .end], 1),
        ("HTTP/1.1 304 N\r\nTransfer-Encoding: gzip\r\n\r\n", [.head(304), .end], 0),
        ("HTTP/1.1 101 S\r\nContent-Length: 5\r\n\r\n\u{1}", [.head(101), .end], 1),
        (
            "HTTP/1.1 102 P\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            [.head(200), .end], 0
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\na", [.head(200), .body("a"), .end], 0),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na", [.head(200), .body("a"), .end], 0),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n2;x=\"y\"\r\nab\r\n1 \r\nc\r\n0\r\nA: b\r\n\r\nHT",
            [.head(200), .body("abc"), .end], 2
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
            [.head(200), .body("a"), .end], 0
        ),
        ("HTTP/1.0 200 OK\r\n\r\nall", [.head(200), .body("all")], 0),
        ("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n", [.head(200), .end], 0),
    ])
    private func answers(text: String, expected: [Seen], left: Int) throws {
        for length in [Int.max, 1, 2, 7] {
            let read = try Self.read(Array(text.utf8), by: length)
            #expect(read.seen == expected)
            #expect(read.left == left)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 300_000), String(repeating: "x", count: 300_000),
        "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 300),
        String(repeating: "HTTP/1.1 100 C\r\n\r\n", count: 20),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "X: y\r\n", count: 60_000),
    ])
    func nothingIsKeptWithoutALimit(text: String) {
        #expect(throws: HTTPAnswerError.self) { try Self.read(Array(text.utf8), by: 1000) }
    }

    @Test(arguments: [
        ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false), ("HTTP/1.0", "", false),
        ("HTTP/1.1", "Connection: x, CLOSE\r\n", false), ("HTTP/1.0", "Connection: keep-alive\r\n", true),
        ("HTTP/1.1", "Keep-Alive: timeout=5, max=100\r\n", true), ("HTTP/1.1", "Keep-Alive: max=1\r\n", false),
        ("HTTP/1.1", "Keep-Alive: timeout = 0, max=9\r\n", false), ("HTTP/1.1", "Keep-Alive: max\r\n", true),
    ])
    func keptConnections(version: String, headers: String, isKept: Bool) throws {
        let text = "\(version) 200 OK\r\n\(headers)Content-Length: 0\r\n\r\n"
        #expect(try Self.read(Array(text.utf8)).head?.isKeepAlive == isKept)
    }

    @Test func cookiesKeepTheirBytes() throws {
        let cookie: [UInt8] = [0x61, 0x3D, 0xE9, 0xFF]
        let start = Array("HTTP/1.1 200 OK\r\nSET-Cookie:  ".utf8)
        let text = start + cookie + Array(" \r\nContent-Length: 0\r\n\r\n".utf8)
        #expect(try Self.read(text, by: 3).head?.cookies == [cookie])
    }

    @Test(arguments: [("", false), ("\r\n\r", false), ("H", true), ("HTTP/1.1 100 C\r\n\r\n", true)])
    func whetherAnAnswerHasBegun(text: String, hasBegun: Bool) throws {
        var reader = HTTPAnswerReader()
        try Array(text.utf8).withUnsafeBytes { bytes in
            var rest = bytes
            let event = try reader.next(&rest)
            #expect(event.map { _ in true } == nil)
        }
        #expect(reader.hasBegun == hasBegun)
    }
}
