import NIOCore
import NIOHTTP1
import Testing

@testable import EngineIOClient

struct AnswerBodyTests {
    /// "4hello", compressed.
    private static let gzip: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0xC9, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00,
        0x83, 0xB5, 0x1B, 0xDE, 0x06, 0x00, 0x00, 0x00,
    ]
    private static let zlib: [UInt8] = [
        0x78, 0x9C, 0x33, 0xC9, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x07, 0x65, 0x02, 0x49,
    ]
    private static let raw: [UInt8] = [0x33, 0xC9, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
    /// A mebibyte of zeros, compressed twice.
    private static let twice: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x93, 0xEF, 0xE6, 0x60, 0x00, 0x01, 0x26, 0xE6,
        0xB7, 0x07, 0x0D, 0x19, 0x81, 0x8C, 0x43, 0x0B, 0xBE, 0xFA, 0xE7, 0x72, 0xC4, 0x2F, 0x60, 0x18, 0x05, 0xA3,
        0x60, 0x14, 0x8C, 0x38, 0x60, 0xC7, 0x2C, 0xF3, 0xCA, 0x62, 0x39, 0x03, 0x83, 0x00, 0x03, 0x00, 0x23, 0xF0,
        0xB4, 0x90, 0x1B, 0x04, 0x00, 0x00,
    ]

    /// Reads a body in pieces of `length` bytes. The second result shows whether all of it was needed.
    private static func read(
        _ bytes: [UInt8], _ rule: AnswerBodyRule = .whole(limit: 1 << 16), encoding: String? = nil,
        by length: Int = .max
    ) throws -> (body: [UInt8], isWhole: Bool) {
        let headers = HTTPHeaders(encoding.map { [("Content-Encoding", $0)] } ?? [])
        var body = AnswerBody(rule, HTTPAnswerHead(status: 200, headers: headers))
        var start = 0
        while start < bytes.count {
            let end = start + min(length, bytes.count - start)
            let goesOn = try Array(bytes[start..<end]).withUnsafeBytes { try body.take($0) }
            if !goesOn { return (Array(buffer: body.bytes), false) }
            start = end
        }
        try body.finish()
        return (Array(buffer: body.bytes), true)
    }

    private static let good: [(encoding: String, bytes: [UInt8], text: String)] = [
        ("gzip", gzip, "4hello"), ("X-GZIP", gzip, "4hello"), ("deflate", zlib, "4hello"), ("deflate", raw, "4hello"),
        ("identity", Array("4hello".utf8), "4hello"), ("identity, gzip", gzip, "4hello"),
        ("gzip", gzip + gzip, "4hello4hello"), ("gzip", gzip + [0, 0, 0], "4hello"),
        ("gzip", gzip + [0, 0] + gzip + [0x1F], "4hello4hello"), ("gzip", gzip + Array("<!-- -->".utf8), "4hello"),
        ("gzip", gzip + [0x1F, 0x8C] + gzip, "4hello"), ("deflate", zlib + [0, 9], "4hello"),
        ("deflate", raw + [0, 9], "4hello"), ("gzip", [], ""), ("deflate", [], ""), ("br", [], ""),
        ("gzip,gzip", [], ""), ("gzip, gzip, gzip, gzip", [], ""), ("", Array("4hello".utf8), "4hello"),
    ]

    @Test(arguments: good)
    private func unpacked(encoding: String, bytes: [UInt8], text: String) throws {
        for length in [Int.max, 1, 3] {
            let read = try Self.read(bytes, encoding: encoding, by: length)
            #expect(String(decoding: read.body, as: UTF8.self) == text)
            #expect(read.isWhole)
        }
    }

    @Test func twoLayers() throws {
        let read = try Self.read(Self.twice, .whole(limit: 1 << 20), encoding: "gzip, gzip", by: 5)
        #expect(read.body == Array(repeating: 0, count: 1 << 20))
    }

    private static let bad: [(encoding: String, bytes: [UInt8], words: String)] = [
        ("gzip", Array("ok".utf8), "damaged"), ("gzip", gzip.dropLast(), "cut short"), ("gzip", [0x1F], "cut short"),
        ("gzip", gzip + Array(gzip.prefix(12)), "cut short"), ("deflate", raw.dropLast(2), "cut short"),
        ("deflate", [0x78], "cut short"), ("gzip", Array(gzip.prefix(10)) + [0xFF, 0xFF, 0xFF], "damaged"),
        ("gzip", gzip.dropLast(8) + [1, 2, 3, 4, 6, 0, 0, 0], "damaged"),
        ("br", Array("ok".utf8), "\"br\""), ("gzip, zstd", gzip, "\"zstd\""), ("\u{1F4A3}", [1], "\"?\""),
        ("gzip, gzip, gzip, gzip", gzip, "more than 3 times"), ("gzip, gzip", gzip, "damaged"),
    ]

    @Test(arguments: bad)
    private func refused(encoding: String, bytes: [UInt8], words: String) {
        for length in [Int.max, 1] {
            let error = #expect(throws: ContentCodingError.self) {
                try Self.read(bytes, encoding: encoding, by: length)
            }
            #expect(error?.description.contains(words) == true)
        }
    }

    @Test(arguments: ["gzip, gzip", nil])
    func theLimitIsKept(encoding: String?) throws {
        let bytes: [UInt8] = encoding == nil ? Array(repeating: 0, count: 1 << 20) : Self.twice
        #expect(throws: AnswerBodyError.overLimit) { try Self.read(bytes, .whole(limit: 1 << 19), encoding: encoding) }
        #expect(try Self.read(bytes, .whole(limit: 1 << 20), encoding: encoding).body.count == 1 << 20)
        // Of a refusal, and of what nobody reads, only the start is unpacked, and the rest is not waited for.
        let start = try Self.read(bytes, .start, encoding: encoding, by: 1000)
        #expect(start.body.count == AnswerBody.smallLimit)
        #expect(!start.isWhole)
        let unread = try Self.read(bytes, .unread, encoding: encoding, by: 1000)
        #expect(unread.body.isEmpty)
        #expect(unread.isWhole == (encoding != nil))
    }

    /// A layer that unpacks to next to nothing in the next one costs time and no memory.
    @Test func aLayerIsLimitedToo() throws {
        #expect(throws: ContentCodingError.self) {
            // The inner layer is a mebibyte of zeros behind a member of gzip: to be passed over.
            try Self.read(Self.wrapped, .whole(limit: 1000), encoding: "gzip, gzip")
        }
    }

    /// ``gzip`` and 200 000 zeros, compressed as stored blocks.
    private static let wrapped: [UInt8] = {
        let content = gzip + Array(repeating: 0, count: 200_000)
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var rest = content[...]
        while !rest.isEmpty {
            let block = rest.prefix(65535)
            rest = rest.dropFirst(block.count)
            out += [0, UInt8(block.count & 255), UInt8(block.count >> 8)]
            out += [UInt8(~block.count & 255), UInt8((~block.count >> 8) & 255)] + block
        }
        return out
    }()

    @Test func aRefusalIsOneWhateverItsBody() throws {
        for (encoding, bytes, _) in Self.bad {
            #expect(throws: Never.self) { try Self.read(bytes, .start, encoding: encoding) }
            #expect(throws: Never.self) { try Self.read(bytes, .unread, encoding: encoding) }
        }
    }

    @Test func anOpenPacketIsShortAndMessagesBehindItNeedNotBe() throws {
        let rule = AnswerBodyRule.opening(limit: 1 << 20)
        let long = Array("0".utf8) + Array(repeating: 0x20, count: AnswerBody.smallLimit)
        #expect(throws: AnswerBodyError.longOpening) { try Self.read(long, rule, by: 1000) }
        #expect(throws: AnswerBodyError.longOpening) { try Self.read(long + [0x1E], rule, by: 100) }
        let messages = Array("0{}\u{1E}4".utf8) + Array(repeating: 0x78, count: 200_000)
        for length in [Int.max, 1000] { #expect(try Self.read(messages, rule, by: length).body == messages) }
    }
}
