import EngineIO
import TestSupport
import Testing

struct UTF8ValidationTests {
    private func firstInvalid(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { UTF8Validation.firstInvalidOffset($0) }
    }

    /// The standard library's judgement: what is valid up to the first bad sequence is the longest valid prefix.
    private func expected(_ bytes: [UInt8]) -> Int? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        return (0..<bytes.count).last { String(validating: bytes[..<$0], as: UTF8.self) != nil }
    }

    @Test func everyCharacterIsValid() {
        var bytes: [UInt8] = []
        for value in UInt32(0)...0x10FFFF {
            if let scalar = Unicode.Scalar(value), value < 0x3000 || value % 7 == 0 || value & 0xFFF > 0xFFD {
                bytes.append(contentsOf: UTF8.encode(scalar)!)
            }
        }
        #expect(self.firstInvalid(bytes) == nil)
    }

    @Test func everyPairOfBytes() {
        var wrong: [[UInt8]] = []
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                let expected: Int? =
                    switch (first, second) {
                    case (0xC2...0xDF, 0x80...0xBF), (0..<0x80, 0..<0x80): nil
                    case (0..<0x80, _): 1
                    default: 0
                    }
                if self.firstInvalid([first, second]) != expected { wrong.append([first, second]) }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func everyLeadAndSecondByteOfLongSequences() {
        let tails: [[UInt8]] = [[0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0xC0], [0x7F], [0xC0], []]
        for lead in UInt8(0xE0)...0xFF {
            for second in UInt8.min ... .max {
                for tail in tails {
                    let bytes = [0x61, lead, second] + tail
                    if self.firstInvalid(bytes) != self.expected(bytes) { Issue.record("\(bytes)") }
                }
            }
        }
    }

    @Test(
        arguments: [
            ("overlong slash", [0xC0, 0xAF]), ("overlong slash of three", [0xE0, 0x80, 0xAF]),
            ("overlong slash of four", [0xF0, 0x80, 0x80, 0xAF]), ("overlong NUL", [0xC0, 0x80]),
            ("largest overlong of two", [0xC1, 0xBF]), ("largest overlong of three", [0xE0, 0x9F, 0xBF]),
            ("largest overlong of four", [0xF0, 0x8F, 0xBF, 0xBF]), ("first surrogate", [0xED, 0xA0, 0x80]),
            ("last surrogate", [0xED, 0xBF, 0xBF]), ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]),
            ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("a lone continuation", [0x80]), ("0xFE", [0xFE]),
            ("0xFF", [0xFF]),
        ] as [(String, [UInt8])])
    func whatRFC3629ShutsOut(name: String, bytes: [UInt8]) {
        for before in 0..<20 {
            for after in [0, 1, 9] {
                let text = Array(repeating: UInt8(0x61), count: before) + bytes + Array(repeating: 0x62, count: after)
                #expect(self.firstInvalid(text) == before, "\(before) letters before, \(after) after")
            }
        }
    }

    @Test(arguments: ["é", "€", "😀"])
    func aCutCharacterIsInvalidWhereverItStands(character: String) {
        let bytes = Array(character.utf8)
        for before in 0..<20 {
            let prefix = Array(repeating: UInt8(0x61), count: before)
            #expect(self.firstInvalid(prefix + bytes) == nil)
            for cut in 1..<bytes.count {
                #expect(self.firstInvalid(prefix + bytes[..<cut]) == before)
                #expect(self.firstInvalid(prefix + bytes[..<cut] + Array("abcdefgh".utf8)) == before)
                #expect(self.firstInvalid(prefix + bytes[..<cut] + bytes) == before)
            }
        }
    }

    @Test func noBytesAreValid() {
        #expect(self.firstInvalid([]) == nil)
        #expect(UTF8Validation.firstInvalidOffset(UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }

    @Test func doesNotReadBeyondItsBytes() {
        // The character goes on behind the end: what stands there does not make it valid.
        let bytes = Array("aaaaaaa€".utf8)
        for end in 8..<bytes.count {
            bytes.withUnsafeBytes { whole in
                let cut = UnsafeRawBufferPointer(rebasing: whole[..<end])
                #expect(UTF8Validation.firstInvalidOffset(cut) == 7)
            }
        }
    }

    @Test func agreesWithTheStandardLibraryOnRandomBytes() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<10_000 {
            let bytes = generator.bytes(generator.below(6))
            if self.firstInvalid(bytes) != self.expected(bytes) { Issue.record("\(bytes)") }
        }
    }

    @Test func agreesWithTheStandardLibraryOnDamagedText() {
        var generator = SeededGenerator(seed: 9)
        var invalid = 0
        for _ in 0..<5_000 {
            var bytes = Array(generator.text(generator.below(30)).utf8)
            for _ in 0..<generator.below(3) where !bytes.isEmpty {
                let index = generator.below(bytes.count)
                switch generator.below(3) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes.remove(at: index)
                default: bytes[index] ^= 1 << UInt8(generator.below(8))
                }
            }
            let expected = self.expected(bytes)
            if expected != nil { invalid += 1 }
            if self.firstInvalid(bytes) != expected { Issue.record("\(bytes)") }
        }
        #expect((500..<4_500).contains(invalid))
    }
}
