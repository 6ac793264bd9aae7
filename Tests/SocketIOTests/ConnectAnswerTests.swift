import Testing

@testable import SocketIO

/// The contents of CONNECT, CONNECT_ERROR and DISCONNECT, in both forms.
struct ConnectAnswerTests {
    private static func answer(_ payload: [UInt8], _ serializer: SocketIOSerializer) throws -> [String?] {
        try payload.withUnsafeBytes { bytes in
            let answer = try ConnectAnswer(bytes, serializer)
            return [answer.sid, answer.pid]
        }
    }

    @Test func bothIdsAreRead() throws {
        #expect(try Self.answer(Array(#"{"sid":"a"}"#.utf8), .json) == ["a", nil])
        #expect(try Self.answer(Array(#"{"x":[1],"pid":"p","sid":"é"}"#.utf8), .json) == ["é", "p"])
        #expect(try Self.answer(Array(#"{"sid":"a","pid":null}"#.utf8), .json) == ["a", nil])
        let sid = "a3736964 a3616263"
        #expect(try Self.answer(Hexadecimal.bytes("82 \(sid) a3706964 d40000"), .messagePack) == ["abc", nil])
        #expect(try Self.answer(Hexadecimal.bytes("83 01 9101 a3706964 a170 \(sid)"), .messagePack) == ["abc", "p"])
    }

    @Test(arguments: ["", "{}", #"{"sid":null}"#, #"{"sid":5}"#, #"{"sid":"a""#])
    func textsWithoutASid(text: String) {
        #expect(throws: SocketIOPacketError.self) { try Self.answer(Array(text.utf8), .json) }
    }

    @Test(arguments: ["", "80", "81 a3736964 d40000", "81 a3736964 05", "82 a3736964"])
    func mapsWithoutASid(bytes: String) {
        #expect(throws: SocketIOPacketError.self) { try Self.answer(Hexadecimal.bytes(bytes), .messagePack) }
    }

    @Test(
        arguments: [
            ("", nil), ("null", nil), ("{}", nil), ("[]", nil), ("{", nil), (#""""#, nil), (#"[""]"#, #""""#),
            (#""no""#, "no"), (#"{"message":"a\nb","data":1}"#, "a b"), (#"{"message":1}"#, "1"), ("false", "false"),
            (#"{"error":"no","code":3}"#, "no"), (#"{"message":null,"reason":"no"}"#, "no"),
            (#"{"message":{"detail":"no","code":3}}"#, "no"), (#"{"message":["a","b"]}"#, "a, b"),
            (#"{"code":3,"fields":["a"]}"#, #"{"code":3,"fields":["a"]}"#),
            ("[1]", "1"), (#"["a",{"message":"b"},null,[2,3],{"x":true}]"#, #"a, b, null, 2, 3, {"x":true}"#),
        ] as [(String, String?)])
    func serverWordsOfTexts(text: String, words: String?) {
        var text = text
        #expect(text.withUTF8 { ServerWords.of(UnsafeRawBufferPointer($0), .json) } == words)
    }

    @Test func theBeginningOfLongWordsIsShown() throws {
        let beginning = String(repeating: "x", count: 200) + "…"
        let long = String(repeating: "x", count: 100_000)
        let list = "[\"\(long)\"" + String(repeating: ",[]", count: 100_000) + "]"
        for text in ["\"\(long)\"", "{\"message\":\"\(long)\"}", list] {
            #expect(Array(text.utf8).withUnsafeBytes { ServerWords.of($0, .json) } == beginning)
        }
        let string: [UInt8] = [0xDB, 0, 1, 0x86, 0xA0] + Array(long.utf8)
        let message: [UInt8] = [0x81, 0xA7] + Array("message".utf8) + string
        for bytes in [string, message] {
            #expect(bytes.withUnsafeBytes { ServerWords.of($0, .messagePack) } == beginning)
        }
    }

    @Test(
        arguments: [
            ("", nil), ("c0", nil), ("80", nil), ("81 a76d657373616765 01", "1"), ("a26e6f", "no"),
            ("82 a464617461 d40000 a76d657373616765 a26e6f", "no"), ("81 a76d657373616765", nil),
            ("93 a161 c40201ff 81 a76d657373616765 a26e6f", "a, <2 bytes>, no"), ("81 a163 03", #"{"c":3}"#),
        ] as [(String, String?)])
    func serverWordsOfMessagePack(bytes: String, words: String?) {
        #expect(Hexadecimal.bytes(bytes).withUnsafeBytes { ServerWords.of($0, .messagePack) } == words)
    }
}
