import EngineIO
import Testing

/// Vectors of FIPS 180-4's examples and RFC 6455, section 1.3.
struct SHA1Tests {
    private func hex(_ text: String) -> String {
        SHA1.hash(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test func knownDigests() {
        #expect(self.hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(self.hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            self.hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(self.hex(String(repeating: "a", count: 1_000_000)) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    /// The padding needs a second block from 56 bytes on.
    @Test func lengthsAroundABlock() {
        #expect(self.hex(String(repeating: "a", count: 55)) == "c1c8bbdc22796e28c0e15163d20899b65621d65a")
        #expect(self.hex(String(repeating: "a", count: 56)) == "c2db330f6083854c99d4b5bfb6e8f29f201be699")
        #expect(self.hex(String(repeating: "a", count: 64)) == "0098ba824b5c16427bd7a1122a5a442a25ec644d")
    }

    @Test func webSocketHandshakeKey() {
        #expect(WebSocketHandshakeKey.accept(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(WebSocketHandshakeKey.isValid("dGhlIHNhbXBsZSBub25jZQ=="))
        #expect(!WebSocketHandshakeKey.isValid("dGhlIHNhbXBsZSBub25jZQ"))
        #expect(!WebSocketHandshakeKey.isValid("dGhlIHNhbXBsZSBub25jZXh4"))
    }
}
