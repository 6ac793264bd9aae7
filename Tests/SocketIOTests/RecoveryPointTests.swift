import Testing

@testable import SocketIO

struct RecoveryPointTests {
    private static func point(_ payloads: [[UInt8]], _ serializer: SocketIOSerializer) -> RecoveryPoint {
        var point = RecoveryPoint()
        point.pid = "p"
        for payload in payloads { payload.withUnsafeBytes { point.received(payload: $0, serializer) } }
        return point
    }

    /// Payloads of events, and the text of the offset.
    @Test(
        arguments: [
            (#"["x","o"]"#, #""o""#), (#"["x",1,{"a":[]},"o"]"#, #""o""#), (#"[ "x" , "o" ] "#, #""o""#),
            (#"["x","a\"b"]"#, #""a\"b""#), (#"["x","\\"]"#, #""\\""#), (#"["x","\\\""]"#, #""\\\"""#),
            (#"["x",""]"#, #""""#), (#"["x","a]"]"#, #""a]""#), (#"["x","a,b"]"#, #""a,b""#),
            (#"["x"]"#, nil), (#"["x",1]"#, nil), (#"["x",{"a":"b"}]"#, nil), (#"["x",["b"]]"#, nil),
            (#"["x","b",null]"#, nil), (#"[1,"o"]"#, #""o""#), ("[1]", nil), ("[\"", nil), ("]", nil), ("\"]", nil),
            ("", nil),
        ] as [(String, String?)])
    func theOffsetIsTheLastArgument(text: String, offset: String?) {
        let point = Self.point([Array(text.utf8)], .json)
        let payload = point.connectPayload(auth: nil, .json)
        let expected = offset.map { #"{"pid":"p","offset":\#($0)}"# } ?? #"{"pid":"p"}"#
        #expect(payload.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func theLastOffsetCounts() {
        let point = Self.point([#"["x","1"]"#, #"["x","2"]"#, #"["x"]"#].map { Array($0.utf8) }, .json)
        #expect(point.connectPayload(auth: nil, .json) == Array(#"{"pid":"p","offset":"2"}"#.utf8))
    }

    @Test func withoutAPidThereIsNothingToRecover() {
        var point = RecoveryPoint()
        Array(#"["x","1"]"#.utf8).withUnsafeBytes { point.received(payload: $0, .json) }
        #expect(point.connectPayload(auth: nil, .json) == nil)
        #expect(point.connectPayload(auth: [1, 2], .json) == [1, 2])
        point.pid = "p"
        #expect(point.connectPayload(auth: nil, .json) == Array(#"{"pid":"p"}"#.utf8))
    }

    @Test(arguments: [
        ("{}", #"{"pid":"p"}"#), ("{ }", #"{"pid":"p"}"#), (#" { "a":1}"#, #"{"pid":"p","a":1}"#),
        (#"{"pid":"mine"}"#, #"{"pid":"p","pid":"mine"}"#),
    ])
    func theProgramsMembersComeLast(auth: String, payload: String) {
        let written = Self.point([], .json).connectPayload(auth: Array(auth.utf8), .json)
        #expect(written.map { String(decoding: $0, as: UTF8.self) } == payload)
    }

    @Test(
        arguments: [
            ("92 a178 a16f", "a16f"), ("93 a178 81a161c0 d9016f", "d9016f"), ("91 a178", nil), ("92 a178 01", nil),
            ("92 a178", nil), ("90", nil), ("", nil),
        ] as [(String, String?)])
    func mapsOfMessagePack(payload: String, offset: String?) {
        let point = Self.point([Hexadecimal.bytes(payload)], .messagePack)
        let written = point.connectPayload(auth: Hexadecimal.bytes("81 a161 01"), .messagePack).map(Hexadecimal.text)
        let pid = "a3706964a170"
        let expected = offset.map { "df00000003\(pid)a66f6666736574\($0)a16101" } ?? "df00000002\(pid)a16101"
        #expect(written == expected)
        let alone = Self.point([], .messagePack).connectPayload(auth: nil, .messagePack).map(Hexadecimal.text)
        #expect(alone == "df00000001\(pid)")
    }
}
