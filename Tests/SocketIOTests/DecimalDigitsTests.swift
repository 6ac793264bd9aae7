import Testing

@testable import SocketIO

/// Numbers of acks, as text and back.
struct DecimalDigitsTests {
    /// Those around each change of the number of digits, and some between them.
    private static let numbers: [UInt64] =
        [0, .max]
        + (1...19).flatMap { count in
            let first = (0..<count).reduce(UInt64(1)) { power, _ in power * 10 }
            return [first - 1, first, first + 1, first / 7 * 5, first / 3]
        }

    private static func read(_ text: String, most: Int = 20) -> (number: UInt64, count: Int) {
        var text = text
        return text.withUTF8 { DecimalDigits.read(UnsafeRawBufferPointer($0), most: most) }
    }

    @Test(arguments: numbers)
    func aNumberIsWrittenBeforeTheEnd(number: UInt64) {
        var room = [UInt8](repeating: 0xEE, count: 24)
        let count = room.withUnsafeMutableBytes { room in
            DecimalDigits.write(number, before: room.baseAddress! + 22)
        }
        #expect(room == Array(repeating: 0xEE, count: 22 - count) + Array("\(number)".utf8) + [0xEE, 0xEE])
    }

    @Test(arguments: numbers)
    func aNumberIsReadUpToWhatFollows(number: UInt64) {
        let digits = "\(number)"
        for rest in ["", "[", "[]", "/\u{1F}:;", "[\"a longer payload\"]", "\u{B9}\u{FF} not ASCII"] {
            #expect(Self.read(digits + rest) == (number, digits.utf8.count))
            #expect(Self.read("0" + digits + rest, most: 21) == (number, digits.utf8.count + 1))
        }
    }

    @Test func everyOtherByteEndsIt() {
        for byte in UInt8.min...UInt8.max where !(0x30...0x39).contains(byte) {
            for count in 0..<9 {
                let text = Array("123456789".utf8.prefix(count)) + [byte] + Array("12345678".utf8)
                let read = text.withUnsafeBytes { DecimalDigits.read($0, most: 20) }
                #expect(read.count == count)
                #expect(read.number == UInt64("123456789".prefix(count)) ?? 0)
            }
        }
    }

    @Test func moreDigitsThanWantedStay() {
        #expect(Self.read("123456789012", most: 10) == (1_234_567_890, 10))
        #expect(Self.read("123456789012", most: 3) == (123, 3))
        #expect(Self.read("123456789012", most: 0) == (0, 0))
    }
}
