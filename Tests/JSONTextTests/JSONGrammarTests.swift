import JSONText
import Testing

/// Valid and invalid JSON, read strictly and leniently.
struct JSONGrammarTests {
    private func strict(_ text: String) -> JSON? { JSON(parsing: text.utf8) }
    private func lenient(_ text: String) -> JSON? { JSON(parsing: text.utf8, leniently: true) }

    @Test func spaceBetweenTokens() {
        let text = " \t\r\n{ \n\"a\" \t:\r[ \"b\" , \"c\" ]\n,\"n\" : 1 ,\"o\":{ } } \n"
        let json: JSON = .object(["a": .strings(["b", "c"]), "n": .integer(1), "o": .object([])])
        #expect(self.strict(text) == json)
        #expect(self.strict(" \"a b\" \n") == .string("a b"))
    }

    @Test(arguments: [
        (#""""#, ""), (#""\n\t\r\b\f""#, "\n\t\r\u{8}\u{C}"), (#""\"\\\/""#, "\"\\/"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""\udbff\udfff""#, "\u{10FFFF}"),
        (#""\ud800\udc00""#, "\u{10000}"), (#""é€😀""#, "é€😀"), (#""\u0000""#, "\0"),
    ])
    func strings(text: String, value: String) {
        #expect(self.strict(text) == .string(value))
        #expect(self.lenient(text) == .string(value))
    }

    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
    ])
    func aLoneSurrogateIsAMistakeOrReplaced(text: String, value: String) {
        #expect(self.strict(text) == nil)
        #expect(self.lenient(text) == .string(value))
    }

    @Test func whatIsNoUTF8IsAMistakeOrReplaced() {
        let bytes: [UInt8] = [0x22, 0x61, 0xE9, 0x22]
        #expect(JSON(parsing: bytes) == nil)
        #expect(JSON(parsing: bytes, leniently: true) == .string("a\u{FFFD}"))
    }

    @Test(arguments: [
        "", " ", "\"", "\"a", "a\"", "\"a\" \"b\"", "\"a\"x", #""\""#, #""\x41""#, #""\u""#, #""\u12""#, #""\u12G4""#,
        #""\u+123""#, #""\u-000""#, #""\u 123""#, #""\ud800\u""#, #""\ud800\uZZZZ""#, "\"\n\"", "\"\u{1F}\"", "'a'",
        "{", "}", "{}{}", "{},", "{}x", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\" 1}",
        "{a:1}", "{'a':1}", "{1:2}", "{\"a\":1]", "{\"a\":[1}", "{\"a\":\"\\q\"}", "[1,]", "[,1]", "[1 2]", "1 2",
        "tru",
        "True", "truee", "nul",
    ])
    func whatIsNotJSON(text: String) {
        #expect(self.strict(text) == nil)
        #expect(self.lenient(text) == nil)
    }

    @Test(arguments: [
        ("0", JSON.integer(0)), ("-0", .integer(0)), ("1", .integer(1)), ("-1", .integer(-1)), ("12.50", .number(12.5)),
        ("1e5", .number(1e5)), ("1E+5", .number(1e5)), ("1e-5", .number(1e-5)), ("1.0", .number(1)),
        ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
    ])
    func numbers(text: String, value: JSON) { #expect(self.strict(text) == value) }

    /// RFC 8259, section 6.
    @Test(arguments: [
        "+1", "01", "-01", "1.", ".5", "0x10", "0x1p4", "inf", "-inf", "infinity", "nan", "1_000", "-", "--1", "1x",
        "1.2.3", "1e", "1e+",
    ])
    func whatIsNoNumber(text: String) {
        for text in [text, "[\(text)]"] {
            #expect(self.strict(text) == nil)
            #expect(self.lenient(text) == nil)
        }
    }

    @Test func aNumberBeyondTheRangeIsAMistakeOrInfinite() {
        #expect(self.strict("1e999") == nil)
        #expect(self.lenient("-1e999") == .number(-.infinity))
    }

    /// RFC 8259, section 2: nothing but space, tab, line feed and carriage return.
    @Test(arguments: ["\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}"])
    func whatIsNoSpace(text: String) {
        #expect(self.lenient("{\(text)\"a\":1}") == nil)
        #expect(self.lenient("{\"a\":\(text)1}") == nil)
        #expect(self.lenient("\(text){\"a\":1}") == nil)
    }

    @Test func depthIsLimited() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(self.strict(nested(60)) != nil)
        #expect(self.strict(nested(100)) == nil)
        #expect(self.strict(nested(100_000)) == nil)
        #expect(self.strict(String(repeating: "[", count: 1_000_000)) == nil)
        #expect(self.strict(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    private static let whole = Array(
        #"{"sid":"a\u00e9\ud83d\ude00\"€","upgrades":["ws",1,{}],"n":-1.5e3,"t":true,"z":null}"#.utf8)

    @Test func everyCutTextIsNotJSON() {
        #expect(JSON(parsing: Self.whole) != nil)
        for end in 0..<Self.whole.count {
            #expect(JSON(parsing: Self.whole[..<end], leniently: true) == nil, "\(end) of \(Self.whole.count) bytes")
        }
    }

    @Test func damagedTextNeverTraps() {
        let damages = Array(#"{}[]",:\u0d8e-+.t "#.utf8) + [0x00, 0x80, 0xFF]
        var (refused, tried) = (0, 0)
        func read(_ change: (inout [UInt8]) -> Void) {
            var damaged = Self.whole
            change(&damaged)
            tried += 1
            if JSON(parsing: damaged, leniently: true) == nil { refused += 1 }
        }
        for index in Self.whole.indices {
            read { $0.remove(at: index) }
            for byte in damages {
                read { $0[index] = byte }
                read { $0.insert(byte, at: index) }
            }
        }
        #expect((tried / 2..<tried).contains(refused))
    }
}
