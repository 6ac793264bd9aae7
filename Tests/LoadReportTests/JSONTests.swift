import Testing

@testable import LoadReport

struct JSONTests {
    @Test func whatIsWrittenIsReadAgain() {
        let json: JSON = .object([
            "text": .string("a\"\\\n\t\r\u{1}</script>é😀\u{2028}"), "numbers": .array([.integer(-3), .number(0.1)]),
            "big": .number(1e300), "nothing": .null, "yes": .bool(true), "no": .bool(false), "empty": .object([]),
            "none": .array([]),
        ])
        #expect(JSONParser.parse(Array(json.text().utf8)) == json)
        #expect(JSONParser.parse(Array(json.text(indent: 2).utf8)) == json)
        #expect(!json.text().contains("</"))
    }

    @Test func escapes() {
        #expect(JSONParser.parse(Array(#""\u00e9\ud83d\ude00\/\b\f""#.utf8)) == .string("é😀/\u{8}\u{C}"))
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":}", "\"a", "\"\\x\"", "\"\\ud83d\"", "\"\\u12\"", "tru", "1 2", "+1", "--1",
        "1e999", "nan", "[1 2]", "\"\u{1}\"",
    ])
    func whatIsNotJSON(_ text: String) { #expect(JSONParser.parse(Array(text.utf8)) == nil) }

    @Test func depthIsLimited() {
        let nested = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(JSONParser.parse(nested(60)) != nil)
        #expect(JSONParser.parse(nested(100_000)) == nil)
    }
}
