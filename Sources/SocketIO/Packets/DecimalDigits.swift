/// Decimal numbers in the text of packets, several digits at a time: each call and its ack have one.
enum DecimalDigits {
    /// The number that the bytes begin with.
    ///
    /// - Parameter most: more digits are not read; those of a number of 2^64 or more lose its first bits.
    /// - Returns: the number, and how many digits it has: 0 without one.
    @inline(__always)
    static func read(_ text: UnsafeRawBufferPointer, most: Int) -> (number: UInt64, count: Int) {
        var (number, count): (UInt64, Int) = (0, 0)
        if text.count >= 8, most >= 8 {
            (number, count) = self.read(text.loadUnaligned(as: UInt64.self).littleEndian)
            guard count == 8 else { return (number, count) }
        }
        while count < text.count, count < most {
            let digit = text[count] &- 0x30
            guard digit < 10 else { break }
            number = number &* 10 &+ UInt64(digit)
            count &+= 1
        }
        return (number, count)
    }

    /// - Parameter text: eight bytes, the first one in the low bits.
    @inline(__always)
    private static func read(_ text: UInt64) -> (number: UInt64, count: Int) {
        let values = text ^ 0x3030_3030_3030_3030
        // Each byte before the first one that is not a digit leaves its highest bit clear.
        let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
        let bits = others.trailingZeroBitCount & ~7
        guard bits > 0 else { return (0, 0) }
        // Zeros come before the digits; then pairs, fours and all eight are joined.
        let digits = values &<< UInt64(64 - bits)
        let pairs = (digits &* (1 + 10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* (1 + 100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF
        return ((fours &* (1 + 10000 << 32)) >> 32, bits / 8)
    }

    /// Writes the number so that its last digit is before `end`. The caller has made sure that there are 20 bytes.
    ///
    /// - Returns: the number of digits.
    @inline(__always)
    static func write(_ number: UInt64, before end: UnsafeMutableRawPointer) -> Int {
        var (rest, count) = (number, 0)
        while rest >= 10 {
            let next = rest / 100
            let pair = UInt16(truncatingIfNeeded: rest &- next &* 100)
            // A tenth of a number below 100.
            let tens = (pair &* 103) >> 10
            count &+= 2
            let digits = 0x3030 &+ tens &+ (pair &- tens &* 10) << 8
            end.storeBytes(of: digits.littleEndian, toByteOffset: -count, as: UInt16.self)
            rest = next
        }
        if rest > 0 || count == 0 {
            count &+= 1
            end.storeBytes(of: 0x30 &+ UInt8(truncatingIfNeeded: rest), toByteOffset: -count, as: UInt8.self)
        }
        return count
    }
}
