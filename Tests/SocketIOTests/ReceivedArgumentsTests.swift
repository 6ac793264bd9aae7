import Testing

@testable import SocketIO

/// Payloads as values, with attachments in the place of their placeholders.
struct ReceivedArgumentsTests {
    private static func read(
        _ text: String, _ attachments: [[UInt8]] = [], hasName: Bool = true
    ) throws -> ReceivedArguments {
        var parts = JoinedParts()
        for attachment in attachments { parts.append(attachment) }
        return try parts.withParts { parts in
            Result {
                try Array(text.utf8).withUnsafeBytes { try ReceivedArguments($0, parts, hasName: hasName) }
            }
        }.get()
    }

    @Test func everyKindOfValue() throws {
        let read = try Self.read(#"["x", null, true, -1, 2.5, "é\n", [], {"b":[{}],"a":1}]"#)
        #expect(read.name == "x")
        #expect(
            read.values == [
                nil, true, -1, 2.5, "é\n", [],
                .object([
                    SocketIOValue.Member(key: "b", value: [.object([])]), SocketIOValue.Member(key: "a", value: 1),
                ]),
            ])
        #expect(read.values[6]["b"]?[0] == .object([]))
        #expect(read.values[6]["c"] == nil)
    }

    @Test(arguments: [
        (#"["x"]"#, "x"), (#"[1,"x"]"#, "1"), ("[1.5]", "1.5"), ("[-0.5]", "-0.5"), (#"[""]"#, ""),
        (#"["__proto__"]"#, "__proto__"), (#"["\u0041\ud83d\ude00"]"#, "A😀"), (#"["\ud800"]"#, "\u{FFFD}"),
    ])
    func names(text: String, name: String) throws { #expect(try Self.read(text).name == name) }

    @Test func acksHaveNoName() throws {
        let read = try Self.read(#"["x",1]"#, hasName: false)
        #expect(read.name == nil)
        #expect(read.values == ["x", 1])
        #expect(try Self.read("[]", hasName: false).values == [])
    }

    @Test(arguments: [
        #"["a"]x"#, #"["a""#, "[", #"["a",]"#, "[]x", "{}", "[]", "[null]", "[true]", #""a""#, "", "[1,02]",
    ])
    func payloadsThatAreNotValid(text: String) {
        #expect(throws: SocketIOPacketError.self) { try Self.read(text) }
    }

    @Test func integersOfAnyLengthAreNumbers() throws {
        let digits = String(repeating: "9", count: 101)
        #expect(
            try Self.read("[\"x\",\(digits),9223372036854775807,9223372036854775808]").values == [
                .double(1e101), .integer(.max), .double(9_223_372_036_854_775_808),
            ])
    }

    @Test(arguments: [1, 100, 128]) func nestingUpToTheLimit(depth: Int) throws {
        let nested = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        var value = try Self.read("[\"x\",\(nested)]").values[0]
        for _ in 0..<depth { value = try #require(value[0]) }
        #expect(value == 1)
    }

    @Test(arguments: [129, 100_000]) func nestingAboveTheLimit(depth: Int) {
        let nested = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
        #expect(throws: SocketIOPacketError("a packet whose payload is not valid JSON")) {
            try Self.read("[\"x\",\(nested)]")
        }
    }

    // MARK: Attachments

    private static let zero = #"{"_placeholder":true,"num":0}"#
    private static let one = #"{"_placeholder":true,"num":1}"#

    @Test func placeholdersAreReplacedWhereverTheyStand() throws {
        let read = try Self.read("[\"b\",\(Self.one),{\"k\":[\(Self.zero)]},\(Self.one)]", [[1, 2], []])
        #expect(read.values == [.bytes([]), ["k": [.bytes([1, 2])]], .bytes([])])
    }

    @Test func anAttachmentThatIsNotNamedIsIgnored() throws {
        #expect(try Self.read("[\"b\",\(Self.one)]", [[1], [2], [3]]).values == [.bytes([2])])
    }

    @Test func otherKeysOfAPlaceholderDoNotMatter() throws {
        let read = try Self.read(#"["b",{"x":1,"num":0,"_placeholder":true,"y":[2]}]"#, [[7]])
        #expect(read.values == [.bytes([7])])
    }

    @Test(arguments: [
        #"{"_placeholder":1,"num":0}"#, #"{"_placeholder":"true","num":0}"#, #"{"_placeholder":false,"num":0}"#,
        #"{"placeholder":true,"num":0}"#,
    ])
    func onlyTrueMarksAPlaceholder(text: String) throws {
        let read = try Self.read("[\"b\",\(text)]", [[7]])
        #expect(read.values[0]["num"] == 0)
    }

    @Test func withoutAttachmentsAPlaceholderIsAnObject() throws {
        #expect(try Self.read("[\"a\",\(Self.zero)]").values == [["_placeholder": true, "num": 0]])
    }

    @Test(arguments: [
        #"{"_placeholder":true,"num":1}"#, #"{"_placeholder":true,"num":-1}"#, #"{"_placeholder":true,"num":"0"}"#,
        #"{"_placeholder":true,"num":0.5}"#, #"{"_placeholder":true,"num":null}"#, #"{"_placeholder":true}"#,
        #"{"_placeholder":true,"num":1e400}"#,
    ])
    func placeholdersOfNoAttachment(text: String) {
        #expect(
            throws: SocketIOPacketError("illegal attachments: a placeholder names one that does not exist")
        ) { try Self.read("[\"b\",[\(text)]]", [[7]]) }
    }

    @Test func payloadsOfOtherPackets() throws {
        func value(_ text: String) throws -> SocketIOValue? {
            try Array(text.utf8).withUnsafeBytes { try ReceivedArguments.value($0) }
        }
        #expect(try value("") == nil)
        #expect(try value("null") == .null)
        #expect(try value(#""text""#) == "text")
        #expect(try value(Self.zero) == ["_placeholder": true, "num": 0])
        #expect(throws: SocketIOPacketError.self) { try value("{") }
    }
}
