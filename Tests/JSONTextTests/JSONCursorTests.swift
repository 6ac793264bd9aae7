import JSONText
import Testing

/// Texts that are passed over are those that can be read.
struct JSONCursorTests {
    /// Whether the text is one value that is neither an array nor an object.
    private func isScalar(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var cursor = JSONCursor(UnsafeRawBufferPointer(bytes))
            return cursor.skipScalar() && cursor.next() == nil
        }
    }

    @Test(arguments: [
        #""""#, #""a b""#, #""\n\t\r\b\f\"\\\/""#, #""\u00e9\uD83D\ude00""#, #""\ud800""#, #""é€😀""#, " \t\r\n1 ",
        "0", "-0", "12.50", "1e5", "1E+5", "1e-5", "-1.5E10", "9223372036854775808", "true", "false", "null",
    ])
    func validScalars(text: String) {
        #expect(JSON(parsing: text.utf8, leniently: true) != nil)
        #expect(self.isScalar(text))
    }

    @Test(arguments: [
        "", " ", "\"", "\"a", "a\"", "\"a\"x", "\"a\" 1", #""\""#, #""\x41""#, #""\u""#, #""\u12""#, #""\u12G4""#,
        #""\u+123""#, "\"\n\"", "\"\u{1F}\"", "'a'", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1", "0x1", "1 2",
        "tru",
        "True", "truee", "nul", "NaN", "[", "]", "{", ",",
    ])
    func invalidScalars(text: String) {
        #expect(JSON(parsing: text.utf8, leniently: true) == nil)
        #expect(!self.isScalar(text))
    }

    @Test func marksAndStrings() {
        var text = #" [ "a\"b" , 1]"#
        text.withUTF8 { bytes in
            var cursor = JSONCursor(UnsafeRawBufferPointer(bytes))
            #expect(cursor.take(UInt8(ascii: "{")) == false)
            #expect(cursor.take(UInt8(ascii: "[")) == true)
            #expect(cursor.string().map { String(decoding: $0, as: UTF8.self) } == #"a\"b"#)
            #expect(cursor.take(UInt8(ascii: ",")) == true)
            #expect(cursor.string()?.count == nil)
            #expect(cursor.skipScalar() == true)
            #expect(cursor.take(UInt8(ascii: "]")) == true)
            #expect(cursor.next() == nil)
            #expect(cursor.position == bytes.count)
        }
    }
}
