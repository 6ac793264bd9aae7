import NIOHTTP1
import Testing

@testable import EngineIOClient

/// Answers that break RFC 9112, beside the behaviour of browsers (Chrome's `HttpUtil` and `HttpStreamParser`) and of
/// python's `http.client`. An answer that one of them reads is read too, unless its end would be in doubt or it would
/// carry a zero byte.
struct HTTPAnswerLeniencyTests {
    private enum Reading: Equatable, Sendable {
        /// The body, and whether the connection takes another request.
        case read(String, isKept: Bool)
        /// The answer needs the end of the connection, which ends it.
        case readToEnd(String)
        /// A part of the reason, which names the line or header.
        case refused(String)

        static let ok = Reading.read("ok", isKept: true)
    }

    private static func reading(_ text: String, by length: Int) -> Reading {
        var reader = HTTPAnswerReader()
        var (body, isKept, isOver): ([UInt8], Bool, Bool) = ([], false, false)
        do throws(HTTPAnswerError) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty, !isOver {
                let piece = Array(rest.prefix(length))
                rest = rest.dropFirst(length)
                let failure = piece.withUnsafeBytes { bytes -> HTTPAnswerError? in
                    var input = bytes
                    do throws(HTTPAnswerError) {
                        while let event = try reader.next(&input) {
                            switch event {
                            case .head(let head): isKept = head.isKeepAlive
                            case .body(let part): body += part
                            case .end: isOver = true
                            }
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
                if let failure { throw failure }
            }
        } catch {
            return .refused(error.description)
        }
        let text = String(decoding: body, as: UTF8.self)
        return isOver ? .read(text, isKept: isKept) : reader.endsWithConnection ? .readToEnd(text) : .refused("cut")
    }

    private static func check(_ text: String, _ expected: Reading) {
        for length in [Int.max, 1, 3] {
            let reading = self.reading(text, by: length)
            if case .refused(let words) = expected {
                guard case .refused(let reason) = reading else {
                    Issue.record("\(text) is read as \(reading)")
                    continue
                }
                #expect(reason.contains(words))
                #expect(reason.utf8.count < 160)
            } else {
                #expect(reading == expected)
            }
        }
    }

    @Test(arguments: [
        // Both read it: no reason phrase, an empty one, any text as one.
        ("HTTP/1.1 200", Reading.ok), ("HTTP/1.1 200 ", .ok), ("HTTP/1.1 200 \u{E9}\u{1} x", .ok),
        // Both: several blanks. Python: also before the version. Browsers: any letter case.
        ("HTTP/1.1  200   OK", .ok), ("HTTP/1.1\t200", .ok), (" HTTP/1.1 200 OK", .ok), ("http/1.1 200 ok", .ok),
        // Both: any minor version. HTTP/1.0 keeps no connection that it does not say it keeps.
        ("HTTP/1.2 200 OK", .ok), ("HTTP/1.10 200 OK", .ok), ("HTTP/1.0 200 OK", .read("ok", isKept: false)),
        // Python refuses these, and browsers read some of them by guessing a status or HTTP/0.9.
        ("SSH-2.0-x", .refused("does not begin with HTTP/1.1 but with \"SSH-2.0-x\"")),
        ("", .refused("does not begin with HTTP/1.1 but with \"Content-Length: 2\"")),
        ("HTTP/2 200 OK", .refused("version is \"HTTP/2\", not HTTP/1.1")),
        ("HTTP/2.0 200 OK", .refused("version is \"HTTP/2.0\"")),
        ("HTTP/1. 200 OK", .refused("version is \"HTTP/1.\"")),
        ("HTTP/1.1 20 OK", .refused("\"HTTP/1.1 20 OK\" has no status")), ("HTTP/1.1", .refused("no status")),
        ("HTTP/1.1 2000 OK", .refused("no status")), ("HTTP/1.1 099 OK", .refused("no status")),
        ("HTTP/1.1 2x0 OK", .refused("no status")),
        ("\u{1B}[2J\u{1F4A3}", .refused("with \"?[2J?\"")),
        (String(repeating: "x", count: 1000), .refused("x\"")),
    ])
    private func statusLines(line: String, expected: Reading) {
        Self.check("\(line)\r\nContent-Length: 2\r\n\r\nok", expected)
        Self.check("\(line)\nContent-Length: 2\n\nok", expected)
    }

    @Test(arguments: [
        // Folded: both read it (section 5.2), also with tabs, on several lines, and after an empty value.
        ("Content-Length:\r\n 2", Reading.ok), ("Content-Length:\r\n\t2\r\n \r\n\t ", .ok),
        ("X: a\r\n b\nContent-Length: 2", .ok),
        // Browsers ignore a line that is not a header, and its continuation lines. Python also ignores all lines after.
        ("<html>\r\nContent-Length: 2", .ok), ("a b: c\r\nContent-Length: 2", .ok), (": b\r\nContent-Length: 2", .ok),
        ("rubbish\r\n 9\r\nContent-Length: 2", .ok), ("a(b): c\r\n Content-Length: 9\r\nContent-Length: 2", .ok),
        ("Content-Length 9\r\nContent-Length: 2", .ok), ("Content-Length 9: 9\r\nContent-Length: 2", .ok),
        // A line that continues nothing is ignored by both (section 2.2).
        (" Content-Length: 9\r\nContent-Length: 2", .ok), ("\t\r\nContent-Length: 2", .ok),
        // Browsers remove blanks before the colon.
        ("Content-Length : 2", .ok), ("Content-Length\t:2", .ok), ("Content-Length  \t : 2\t", .ok),
        // Both read control characters; a bare CR is a space here (section 2.2), so that no header can hide after it.
        ("X: a\u{1}\u{7F}\r\nContent-Length: 2", .ok), ("X: a\rContent-Length: 9\r\nContent-Length: 2", .ok),
        // Browsers refuse a zero byte.
        ("X: a\0b\r\nContent-Length: 2", .refused("header \"X: a?b\" has a zero byte")),
    ])
    private func headerLines(lines: String, expected: Reading) {
        Self.check("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\nok", expected)
    }

    @Test(arguments: [
        // Both read equal lengths, twice or in a list.
        ("Content-Length: 2\r\nContent-Length: 2", Reading.ok), ("Content-Length: 2, 2", .ok),
        ("Content-Length: 2, 02", .ok),
        // Browsers refuse different ones, python takes the first: where the answer ends is in doubt.
        ("Content-Length: 2\r\nContent-Length: 3", .refused("Content-Length is \"2, 3\", not one number")),
        ("Content-Length: 2, 3", .refused("Content-Length is \"2, 3\"")),
        // Both read to the end of the connection; section 6.3 demands that a user agent discards the answer.
        ("Content-Length: -1", .refused("Content-Length is \"-1\"")), ("Content-Length: two", .refused("\"two\"")),
        ("Content-Length: +2", .refused("\"+2\"")), ("Content-Length: 2 2", .refused("\"2 2\"")),
        ("Content-Length: 99999999999999999999", .refused("\"99999999999999999999\"")),
        // Nothing is as good as no header, for both.
        ("Content-Length:", .readToEnd("ok")), ("X: y", .readToEnd("ok")),
        ("Transfer-Encoding: identity\r\nContent-Length: 2", .ok), ("Transfer-Encoding:\r\nContent-Length: 2", .ok),
        // Browsers read the coded body as it is.
        ("Transfer-Encoding: gzip, chunked", .refused("Transfer-Encoding is \"gzip, chunked\", only \"chunked\"")),
        ("Transfer-Encoding: \u{1F4A3}", .refused("Transfer-Encoding is \"?\"")),
    ])
    private func bodyLengths(headers: String, expected: Reading) {
        Self.check("HTTP/1.1 200 OK\r\n\(headers)\r\n\r\nok", expected)
    }

    @Test(arguments: [
        // Both: the coding wins over any length (section 6.3), and the connection is not used again.
        ("HTTP/1.1", "Content-Length: 3\r\nTransfer-Encoding: chunked", Reading.read("ok", isKept: false)),
        (
            "HTTP/1.1", "Transfer-Encoding: chunked\r\nContent-Length: 2\r\nContent-Length: 3",
            .read("ok", isKept: false)
        ),
        ("HTTP/1.1", "Transfer-Encoding: chunked\r\nContent-Length: two", .read("ok", isKept: false)),
        // Both read it twice; it cannot be meant twice.
        ("HTTP/1.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: Chunked", .read("ok", isKept: false)),
        ("HTTP/1.1", "Transfer-Encoding: chunked, chunked", .read("ok", isKept: false)),
        // Python: also in HTTP/1.0 (section 6.1).
        ("HTTP/1.0", "Connection: keep-alive\r\nTransfer-Encoding: chunked", .read("ok", isKept: false)),
        ("HTTP/1.1", "Transfer-Encoding: CHUNKED", .ok), ("HTTP/1.1", "Transfer-Encoding: identity, chunked", .ok),
        ("HTTP/1.1", "Transfer-Encoding:\r\n chunked", .ok),
    ])
    private func transferCodings(version: String, headers: String, expected: Reading) {
        Self.check("\(version) 200 OK\r\n\(headers)\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", expected)
    }

    @Test(arguments: [
        // Both: blanks after the size, leading zeros, extensions, LF alone, trailers. Python: blanks before it.
        ("2 \r\nok\r\n0 \r\n\r\n", Reading.ok), ("2\t ;x\r\nok\r\n0\r\n\r\n", .ok), (" 2\r\nok\r\n0\r\n\r\n", .ok),
        ("00000000000000000002\r\nok\r\n000\r\n\r\n", .ok), ("2\nok\n0\n\n", .ok),
        ("2;\"\r\nok\r\n0;\r\nA: b\r\nrubbish\r\n\r\n", .ok),
        // Python: the connection ends after the last chunk, without the empty line.
        ("2\r\nok\r\n0\r\n", .readToEnd("ok")), ("2\r\nok\r\n0\r\nA: b", .readToEnd("ok")),
        // Nobody reads these. Python's `int` would take "0x2", "+2" and "0_2".
        ("2\r\nok\r\n", .refused("cut")), ("2\r\nok\r\n0", .refused("cut")), ("3\r\nok", .refused("cut")),
        ("\r\nok", .refused("size of a chunk is \"\", not a hexadecimal number")),
        (";x\r\nok", .refused("chunk is \";x\"")),
        ("x\r\nok", .refused("chunk is \"x\"")), ("0x2\r\nok", .refused("\"0x2\"")), ("+2\r\nok", .refused("\"+2\"")),
        ("-2\r\nok", .refused("\"-2\"")), ("2 2\r\nok", .refused("\"2 2\"")), ("0_2\r\nok", .refused("\"0_2\"")),
        ("8000000000000000\r\nok", .refused("\"8000000000000000\"")), ("1\r\nok\r\n", .refused("longer than its size")),
    ])
    private func chunks(body: String, expected: Reading) {
        Self.check("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(body)", expected)
    }

    @Test(arguments: [
        ("X: a\r\n  b \n\tc", "a b c"), ("X:\r\n a", "a"), ("X: a\r\n \r\n b", "a b"), ("X: a\rb\u{1}c", "a b c"),
        ("X : a", "a"), ("y\r\n z\r\nX: a\r\nrubbish\r\n b", "a"),
    ])
    func valuesOfHeaders(lines: String, expected: String) throws {
        var reader = HTTPAnswerReader()
        var value: String?
        try Array("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n".utf8).withUnsafeBytes { bytes in
            var input = bytes
            if case .head(let head)? = try reader.next(&input) { value = head.headers.first(name: "X") }
        }
        #expect(value == expected)
    }
}
