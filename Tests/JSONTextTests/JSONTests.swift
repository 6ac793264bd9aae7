import JSONText
import Testing

struct JSONTests {
    @Test func whatIsWrittenIsReadAgain() {
        let json: JSON = .object([
            "text": .string("a\"\\\n\t\r\u{1}</script>é😀\u{2028}"), "numbers": .array([.integer(-3), .number(0.1)]),
            "big": .number(1e300), "nothing": .null, "yes": .bool(true), "no": .bool(false), "empty": .object([]),
            "none": .array([]),
        ])
        #expect(JSON(parsing: json.text().utf8) == json)
        #expect(JSON(parsing: json.text(indent: 2).utf8) == json)
        #expect(JSON(parsing: json.text(isForHTML: false).utf8) == json)
        #expect(!json.text().contains("</"))
    }

    @Test func theFormOfATextIsTheReaders() {
        let json: JSON = .object(["a": .array([.integer(1), .number(2)]), "b": .object(["c<": .string("\"<\u{7F}")])])
        #expect(json.text() == #"{"a":[1,2],"b":{"c\u003c":"\"\u003c\u007f"}}"#)
        #expect(json.text(isForHTML: false) == #"{"a":[1,2],"b":{"c<":"\"<\u007f"}}"#)
        #expect(
            json.text(indent: 2) == """
                {
                  "a": [1,2],
                  "b": {
                    "c\\u003c": "\\"\\u003c\\u007f"
                  }
                }
                """)
    }

    @Test func whatNoNumberCanBeIsNull() {
        #expect(JSON.numbers([.nan, 1.5, .infinity]).text() == "[null,1.5,null]")
        #expect(JSON.optional(nil) == .null)
        #expect(JSON.number(.infinity).text() == "null")
    }

    @Test func membersOfEveryKind() throws {
        let text = #"{"s":"x","i":-2,"d":1.5,"t":true,"z":null,"a":["b"],"o":{"p":{}},"s":"last"}"#
        let json = try #require(JSON(parsing: text.utf8))
        #expect(json["s"]?.string == "last")
        #expect(json["i"]?.integer == -2 && json["i"]?.double == -2)
        #expect(json["d"]?.double == 1.5 && json["d"]?.integer == nil)
        #expect(json["t"]?.bool == true)
        #expect(json["z"] == .null)
        #expect(json["a"]?.array == [.string("b")])
        #expect(json["o"]?.members?.map(\.key) == ["p"])
        #expect(json["none"] == nil && json["s"]?["x"] == nil)
    }
}
