import Testing

@testable import EngineIO

struct JSONScannerTests {
    private func object(_ text: String) -> [String: JSONScanner.Value]? { JSONScanner.object(text.utf8) }

    @Test func everyKindOfMember() {
        let text = """
            {"s":"x","n":-1.5e3,"t":true,"f":false,"z":null,"a":["b","c"],"e":[],"m":["b",1],"o":{"p":{"q":[]}}}
            """
        #expect(
            self.object(text) == [
                "s": .string("x"), "n": .number("-1.5e3"), "t": .literal("true"), "f": .literal("false"),
                "z": .literal("null"), "a": .strings(["b", "c"]), "e": .strings([]), "m": .other, "o": .other,
            ])
        #expect(self.object("{}") == [:])
    }

    @Test func spaceBetweenTokens() {
        let text = " \t\r\n{ \n\"a\" \t:\r[ \"b\" , \"c\" ]\n,\"n\" : 1 ,\"o\":{ } } \n"
        #expect(self.object(text) == ["a": .strings(["b", "c"]), "n": .number("1"), "o": .other])
        #expect(JSONScanner.string(" \"a b\" \n".utf8) == "a b")
    }

    @Test func theLastOfEqualKeysWins() {
        #expect(self.object(#"{"a":1,"b":2,"a":"x"}"#) == ["a": .string("x"), "b": .number("2")])
    }

    @Test(arguments: [
        (#""""#, ""), (#""\n\t\r\b\f""#, "\n\t\r\u{8}\u{C}"), (#""\"\\\/""#, "\"\\/"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude00""#, "😀"), (#""\udbff\udfff""#, "\u{10FFFF}"), (#""\ud800\udc00""#, "\u{10000}"),
        (#""é€😀""#, "é€😀"), (#""\u0000""#, "\0"),
    ])
    func strings(text: String, value: String) {
        #expect(JSONScanner.string(text.utf8) == value)
    }

    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
    ])
    func aLoneSurrogateIsReplaced(text: String, value: String) {
        #expect(JSONScanner.string(text.utf8) == value)
    }

    @Test(arguments: [
        "", "\"", "\"a", "a\"", "\"a\" \"b\"", "\"a\"x", #""\""#, #""\x41""#, #""\u""#, #""\u12""#, #""\u12G4""#,
        #""\u+123""#, #""\u-000""#, #""\u 123""#, #""\ud800\u""#, #""\ud800\uZZZZ""#, "\"\n\"", "\"\u{1F}\"", "'a'",
        "1",
    ])
    func whatIsNoString(text: String) {
        #expect(JSONScanner.string(text.utf8) == nil)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[]", "\"a\"", "1", "null", "{}{}", "{},", "{}x", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}",
        "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{1:2}", "{\"a\":1]", "{\"a\":[1}", "{\"a\":[1,]}",
        "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":tru}", "{\"a\":True}", "{\"a\":truee}", "{\"a\":nul}", "{\"a\":-}",
        "{\"a\":1x}", "{\"a\":--1}", "{\"a\":1.2.3}", "{\"a\":1e}", "{\"a\":{\"b\"}}", "{\"a\":\"\\q\"}",
    ])
    func whatIsNoObject(text: String) {
        #expect(self.object(text) == nil)
    }

    /// RFC 8259, section 6.
    @Test(arguments: ["+1", "01", "-01", "1.", ".5", "0x10", "0x1p4", "inf", "-inf", "infinity", "nan", "1_000"])
    func whatIsNoNumber(text: String) {
        #expect(self.object("{\"a\":\(text)}") == nil)
    }

    /// RFC 8259, section 2: nothing but space, tab, line feed and carriage return.
    @Test(arguments: ["\u{B}", "\u{C}", "\u{A0}", "\u{FEFF}"])
    func whatIsNoSpace(text: String) {
        #expect(self.object("{\(text)\"a\":1}") == nil)
        #expect(self.object("{\"a\":\(text)1}") == nil)
        #expect(self.object("\(text){\"a\":1}") == nil)
    }

    @Test(arguments: ["0", "-0", "1", "-1", "12.50", "1e5", "1E+5", "1e-5", "25000", "9223372036854775808", "1e400"])
    func numbersKeepTheirText(text: String) {
        #expect(self.object("{\"a\":\(text)}") == ["a": .number(text)])
    }

    @Test func everyCutTextIsNoObject() {
        let text = Array(#"{"sid":"a\u00e9\"€","upgrades":["websocket"],"pingInterval":25000,"x":{"y":[1,true]}}"#.utf8)
        #expect(JSONScanner.object(text) != nil)
        for end in 0..<text.count {
            #expect(JSONScanner.object(text[..<end]) == nil, "\(end) of \(text.count) bytes")
        }
    }

    @Test func depthIsLimited() {
        func nested(_ depth: Int) -> String {
            "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
        }
        #expect(self.object(nested(10))?["a"] == .other)
        #expect(self.object(nested(100)) == nil)
        #expect(self.object(nested(100_000)) == nil)
        #expect(JSONScanner.object(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
        #expect(self.object(String(repeating: "{\"a\":", count: 100_000)) == nil)
    }

    @Test func damagedTextNeverTraps() {
        var generator = SeededGenerator(seed: 17)
        let text = Array(#"{"sid":"a\u00e9\ud83d\ude00","upgrades":["ws",1,{}],"n":-1.5e3,"t":true,"z":null}"#.utf8)
        let structure = Array(#"{}[]",:\u0d8e-+.t "#.utf8)
        var refused = 0
        for _ in 0..<5_000 {
            var damaged = text
            for _ in 0...generator.below(3) {
                let index = generator.below(damaged.count)
                switch generator.below(4) {
                case 0: damaged[index] = UInt8(truncatingIfNeeded: generator.next())
                case 1: damaged[index] = structure[generator.below(structure.count)]
                case 2: damaged.remove(at: index)
                default: damaged.insert(structure[generator.below(structure.count)], at: index)
                }
            }
            if JSONScanner.object(damaged) == nil { refused += 1 }
        }
        #expect((1_000..<5_000).contains(refused))
    }
}
