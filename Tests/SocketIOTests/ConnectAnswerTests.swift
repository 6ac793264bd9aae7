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
            ("", nil), ("null", nil), ("{}", nil), ("[1]", nil), ("{", nil), (#"{"message":1}"#, nil),
            (#""no""#, "no"), (#"{"message":"a\nb","data":1}"#, "a b"),
        ] as [(String, String?)])
    func serverWordsOfTexts(text: String, words: String?) {
        var text = text
        #expect(text.withUTF8 { ServerWords.of(UnsafeRawBufferPointer($0), .json) } == words)
    }

    @Test(
        arguments: [
            ("", nil), ("c0", nil), ("80", nil), ("81 a76d657373616765 01", nil), ("a26e6f", "no"),
            ("82 a464617461 d40000 a76d657373616765 a26e6f", "no"),
        ] as [(String, String?)])
    func serverWordsOfMessagePack(bytes: String, words: String?) {
        #expect(Hexadecimal.bytes(bytes).withUnsafeBytes { ServerWords.of($0, .messagePack) } == words)
    }
}
