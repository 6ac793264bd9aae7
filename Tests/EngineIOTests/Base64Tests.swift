import EngineIO
import NIOCore
import TestSupport
import Testing

struct Base64Tests {
    private func encode(_ bytes: [UInt8]) -> String {
        var out = ByteBuffer()
        bytes.withUnsafeBytes { Base64.encode($0, into: &out) }
        return String(buffer: out)
    }

    private func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        Array(text).withUnsafeBytes { Base64.decode($0) }.map { Array($0.readableBytesView) }
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func theVectorsOfRFC4648(plain: String, encoded: String) {
        #expect(self.encode(Array(plain.utf8)) == encoded)
        #expect(self.decode(encoded.utf8) == Array(plain.utf8))
    }

    @Test func theWholeAlphabet() {
        let text = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        let bytes = ServerCodec.bytes(ofBase64: Array(text.utf8))
        #expect(bytes?.count == 48)
        #expect(self.decode(text.utf8) == bytes)
        #expect(bytes.map(self.encode) == text)
    }

    @Test func everyLengthThereAndBack() {
        var generator = SeededGenerator(seed: 5)
        for length in 0..<200 {
            let bytes = generator.bytes(length)
            let text = self.encode(bytes)
            #expect(text == ServerCodec.base64(bytes))
            #expect(text.utf8.count == Base64.encodedLength(length))
            #expect(self.decode(text.utf8) == bytes)
        }
    }

    @Test func encodingAppends() {
        var out = ByteBuffer(string: "b")
        out.reserveCapacity(64)
        [UInt8]([1, 2, 3, 4]).withUnsafeBytes { Base64.encode($0, into: &out) }
        [UInt8]().withUnsafeBytes { Base64.encode($0, into: &out) }
        [UInt8]([5]).withUnsafeBytes { Base64.encode($0, into: &out) }
        #expect(String(buffer: out) == "bAQIDBA==BQ==")
    }

    @Test func foreignCharacters() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for byte in UInt8.min ... .max where !alphabet.contains(byte) && byte != 0x0A && byte != 0x0D {
            for position in 0..<4 where !(byte == 0x3D && position == 3) {
                var text = Array("AAAA".utf8)
                text[position] = byte
                #expect(self.decode(text) == nil, "byte \(byte) at \(position)")
                #expect(self.decode(text + Array("AAAA".utf8)) == nil, "byte \(byte) at \(position) of eight")
            }
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AAAAA", "A===", "=", "==", "===", "====", "AA=A", "AA=", "AAA==", "AAAA=", "AAAA==",
        "AAAA====", "AA==AA==", "AAA=AAAA", "=AAA",
    ])
    func paddingThatIsMissingOrMisplaced(text: String) {
        #expect(self.decode(text.utf8) == nil)
    }

    @Test func lineBreaksAnywhere() {
        var generator = SeededGenerator(seed: 6)
        for length in 0..<80 {
            let bytes = generator.bytes(length)
            var text: [UInt8] = []
            for letter in ServerCodec.base64(bytes).utf8 {
                if generator.below(4) == 0 { text += generator.below(2) == 0 ? [0x0A] : [0x0D, 0x0A] }
                text.append(letter)
            }
            #expect(self.decode(text + [0x0A]) == bytes)
        }
        #expect(self.decode([0x0A]) == [])
    }

    @Test func agreesWithANaiveDecoder() {
        var generator = SeededGenerator(seed: 7)
        let letters = Array("AQgw+/z9=\n\r".utf8)
        let noise = Array("-_ ,\0".utf8)
        var decoded = 0
        for _ in 0..<20_000 {
            var text = (0..<generator.below(14)).map { _ in letters[generator.below(8)] }
            for _ in 0..<generator.below(3) { text.append(0x3D) }
            if generator.below(3) == 0 {
                text.insert(letters[generator.below(letters.count)], at: generator.below(text.count + 1))
            }
            if generator.below(8) == 0 { text.append(noise[generator.below(noise.count)]) }
            let expected = ServerCodec.bytes(ofBase64: text)
            if expected != nil { decoded += 1 }
            if self.decode(text) != expected { Issue.record("\(text)") }
        }
        // Both kinds of text are among them.
        #expect((2_000..<18_000).contains(decoded))
    }
}
