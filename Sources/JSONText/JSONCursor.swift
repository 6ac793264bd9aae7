/// Passes over a JSON text in place, by the grammar of RFC 8259 and without allocating: strings, numbers and literals
/// are checked and not read.
package struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    /// The next byte.
    package private(set) var position = 0

    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private var current: UInt8? { self.position < self.bytes.count ? self.bytes[self.position] : nil }

    /// The first byte of the next value, or the mark that stands there; nil at the end.
    package mutating func next() -> UInt8? {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            self.position += 1
        }
        return self.current
    }

    /// Passes a mark, such as a comma.
    ///
    /// - Returns: false if something else is next.
    package mutating func take(_ mark: UInt8) -> Bool {
        guard self.next() == mark else { return false }
        self.position += 1
        return true
    }

    /// Passes a value that is neither an array nor an object.
    ///
    /// - Returns: whether it is valid.
    package mutating func skipScalar() -> Bool {
        switch self.next() {
        case UInt8(ascii: "\""): return self.string() != nil
        case UInt8(ascii: "t"): return self.skip("true")
        case UInt8(ascii: "f"): return self.skip("false")
        case UInt8(ascii: "n"): return self.skip("null")
        default: return self.skipNumber()
        }
    }

    /// Passes a string.
    ///
    /// - Returns: what is between its quotes, with its escapes; nil if it is not a valid string.
    package mutating func string() -> UnsafeRawBufferPointer? {
        guard self.take(UInt8(ascii: "\"")) else { return nil }
        let start = self.position
        while let byte = self.current {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return UnsafeRawBufferPointer(rebasing: self.bytes[start..<(self.position - 1)])
            case UInt8(ascii: "\\"):
                guard self.skipEscape() else { return nil }
            case ..<0x20:
                return nil
            default:
                break
            }
        }
        return nil
    }

    private mutating func skipEscape() -> Bool {
        guard let byte = self.current else { return false }
        self.position += 1
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return true
        case UInt8(ascii: "u"):
            for _ in 0..<4 {
                guard let digit = self.current, Self.isHexDigit(digit) else { return false }
                self.position += 1
            }
            return true
        default:
            return false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let end = self.position + literal.utf8CodeUnitCount
        guard end <= self.bytes.count,
            self.bytes[self.position..<end].elementsEqual(
                UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
        else { return false }
        self.position = end
        return true
    }

    /// RFC 8259, section 6.
    private mutating func skipNumber() -> Bool {
        if self.current == UInt8(ascii: "-") { self.position += 1 }
        let startsWithZero = self.current == UInt8(ascii: "0")
        let digits = self.skipDigits()
        guard digits > 0, digits == 1 || !startsWithZero else { return false }
        if self.current == UInt8(ascii: ".") {
            self.position += 1
            guard self.skipDigits() > 0 else { return false }
        }
        if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
            self.position += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.position += 1 }
            guard self.skipDigits() > 0 else { return false }
        }
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = self.position
        while let byte = self.current, byte &- 0x30 < 10 { self.position += 1 }
        return self.position - start
    }
}
