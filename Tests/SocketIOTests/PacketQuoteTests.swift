import Testing

@testable import SocketIO

struct PacketQuoteTests {
    @Test(arguments: [
        ("", ""), ("2[1]", "2[1]"), ("a\nb\u{1B}", #"a\nb\u{1b}"#),
        (String(repeating: "a", count: 80), String(repeating: "a", count: 80)),
        (String(repeating: "a", count: 81), String(repeating: "a", count: 80) + "…"),
        (String(repeating: "a", count: 79) + "é", String(repeating: "a", count: 79) + "…"),
        (String(repeating: "a", count: 77) + "😀", String(repeating: "a", count: 77) + "…"),
    ])
    func textOnOneLine(text: String, quote: String) {
        var text = text
        #expect(text.withUTF8 { PacketQuote.of(UnsafeRawBufferPointer($0)) } == quote)
    }

    @Test func otherBytesInHexadecimal() {
        #expect(Hexadecimal.bytes("41 ff 00").withUnsafeBytes { PacketQuote.of($0) } == "41 ff 00")
        let long = [UInt8](repeating: 0xFF, count: 81).withUnsafeBytes { PacketQuote.of($0) }
        #expect(long == Array(repeating: "ff", count: 80).joined(separator: " ") + "…")
    }
}
