import Testing

@testable import LineEditor

@Suite struct KeyDecoderTests {
    private func decode(_ bytes: [UInt8]) -> String {
        var decoder = KeyDecoder()
        return String(String.UnicodeScalarView(bytes.flatMap { decoder.add($0) }))
    }

    @Test func charactersOfEachLength() {
        let text = "aé€😀\r"
        #expect(self.decode(Array(text.utf8)) == text)
    }

    @Test(
        arguments: [
            ([0xFF, 0x61], "\u{FFFD}a"), ([0xC3, 0x61], "\u{FFFD}a"), ([0x80], "\u{FFFD}"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}"), ([0xE2, 0x82, 0xC3, 0xA9], "\u{FFFD}é"),
        ] as [([UInt8], String)])
    func invalidSequences(_ bytes: [UInt8], _ text: String) {
        #expect(self.decode(bytes) == text)
    }
}
