import TestSupport
import Testing

@testable import SocketIO

/// Values as payloads, with placeholders in the place of bytes.
struct WrittenArgumentsTests {
    private static func text(_ name: String?, _ values: SocketIOValue...) throws -> String {
        var written = try WrittenArguments(name: name, values, headroom: 0)
        return written.withParts { packet, _ in String(decoding: packet, as: UTF8.self) }
    }

    @Test func everyKindOfValue() throws {
        #expect(try Self.text("x") == #"["x"]"#)
        #expect(try Self.text(nil) == "[]")
        #expect(try Self.text(nil, nil, false) == "[null,false]")
        #expect(
            try Self.text("x", nil, true, -1, 2.5, 1e300, "é", [], .object([]), ["b": [1], "a": nil])
                == #"["x",null,true,-1,2.5,1e+300,"é",[],{},{"b":[1],"a":null}]"#)
    }

    /// U+001E separates packets on polling.
    @Test func controlsAreEscaped() throws {
        #expect(
            try Self.text("\u{0}\u{1E}\u{1F}\n\r\t\u{8}\"\\/\u{7F}")
                == #"["\u0000\u001e\u001f\n\u000d\u0009\u0008\"\\/"# + "\u{7F}\"]")
        #expect(try Self.text("x", ["\u{1E}": 1]) == #"["x",{"\u001e":1}]"#)
    }

    @Test func bytesAreNumberedInTheOrderOfWriting() throws {
        let values: [SocketIOValue] = [.bytes([1]), ["k": [.bytes([2, 3])], "l": .bytes([])], .bytes([1])]
        var written = try WrittenArguments(name: "b", values, headroom: 3)
        let (packet, attachments) = written.withParts { (Array($0), $1.map { Array($0) }) }
        #expect(attachments == [[1], [2, 3], [], [1]])
        #expect(packet.prefix(3) == [0, 0, 0])
        func placeholder(_ number: Int) -> String { "{\"_placeholder\":true,\"num\":\(number)}" }
        let expected =
            "[\"b\",\(placeholder(0)),{\"k\":[\(placeholder(1))],\"l\":\(placeholder(2))},\(placeholder(3))]"
        #expect(String(decoding: packet.dropFirst(3), as: UTF8.self) == expected)
    }

    @Test func anObjectThatLooksLikeAPlaceholder() throws {
        let object: SocketIOValue = ["_placeholder": true, "num": 0]
        #expect(try Self.text("x", object) == #"["x",{"_placeholder":true,"num":0}]"#)
        #expect(throws: SocketIOValueError.placeholder) { try Self.text("x", [object], .bytes([1])) }
        #expect(throws: SocketIOValueError.placeholder) { try Self.text("x", .bytes([1]), object) }
        #expect(throws: Never.self) { try Self.text("x", ["_placeholder": 1], .bytes([1])) }
    }

    @Test func numbersThatJSONDoesNotHave() {
        for number in [Double.infinity, -.infinity, .nan] {
            #expect(throws: SocketIOValueError.notFinite) { try Self.text("x", [.double(number)]) }
        }
    }

    @Test func nesting() throws {
        var value: SocketIOValue = 1
        for _ in 0..<SocketIOValue.maximumDepth { value = [value] }
        #expect(throws: Never.self) { try Self.text("x", value) }
        #expect(throws: SocketIOValueError.tooDeep) { try Self.text("x", [value]) }
        #expect(throws: SocketIOValueError.tooDeep) { try Self.text("x", ["a": value]) }
    }

    @Test func thePayloadOfConnect() throws {
        #expect(try WrittenArguments.text(["token": "x"]) == Array(#"{"token":"x"}"#.utf8))
        #expect(throws: SocketIOValueError.bytesInConnect) { try WrittenArguments.text(["token": .bytes([1])]) }
    }

    /// Whatever is written is read as the same.
    @Test func randomValuesComeBack() throws {
        var generator = SeededGenerator(seed: 11)
        func value(_ depth: Int) -> SocketIOValue {
            switch generator.below(depth > 4 ? 6 : 8) {
            case 0: return .null
            case 1: return .bool(generator.below(2) == 0)
            case 2: return .integer(Int(truncatingIfNeeded: generator.next()))
            case 3: return .double(Double(generator.below(1000)) + 0.5)
            case 4: return .bytes((0..<generator.below(5)).map { _ in UInt8(generator.below(256)) })
            case 5:
                let scalars = (0..<generator.below(6)).compactMap { _ in Unicode.Scalar(generator.below(0x3000)) }
                return .string(String(String.UnicodeScalarView(scalars)))
            case 6: return .array((0..<generator.below(4)).map { _ in value(depth + 1) })
            default:
                return .object(
                    (0..<generator.below(4)).map { SocketIOValue.Member(key: "\($0)", value: value(depth + 1)) })
            }
        }
        for _ in 0..<500 {
            let values = (0..<generator.below(5)).map { _ in value(0) }
            var written = try WrittenArguments(name: "x", values, headroom: 0)
            let read = try written.withParts { packet, attachments in
                Result { try ReceivedArguments(UnsafeRawBufferPointer(packet), attachments, hasName: true) }
            }.get()
            #expect(read.values == values)
        }
    }
}
