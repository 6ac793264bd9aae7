extension JSON {
    /// Reads a whole JSON text (RFC 8259); nil if it is invalid, or is nested too deep.
    ///
    /// - Parameters:
    ///   - leniently: for texts of others, of which as much as possible is to be understood: half a surrogate pair and
    ///     bytes that are not UTF-8 become U+FFFD, a number beyond `Double`'s range becomes infinite. Else all three
    ///     are mistakes.
    ///   - maximumDepth: the most levels; a text without arrays and objects has one.
    package init?(parsing bytes: some Sequence<UInt8>, leniently: Bool = false, maximumDepth: Int = 64) {
        var parser = JSONParser(Array(bytes), isLenient: leniently, maximumDepth: maximumDepth)
        guard let value = parser.whole() else { return nil }
        self = value
    }
}

private struct JSONParser {
    private let bytes: [UInt8]
    private let isLenient: Bool
    private var index = 0
    private let maximumDepth: Int

    init(_ bytes: [UInt8], isLenient: Bool, maximumDepth: Int) {
        (self.bytes, self.isLenient, self.maximumDepth) = (bytes, isLenient, maximumDepth)
    }

    mutating func whole() -> JSON? {
        guard let value = self.value(depth: 0) else { return nil }
        self.skipSpace()
        return self.index == self.bytes.count ? value : nil
    }

    private var current: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func skipSpace() {
        while let byte = self.current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { self.index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipSpace()
        guard self.current == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func value(depth: Int) -> JSON? {
        self.skipSpace()
        guard depth < self.maximumDepth, let byte = self.current else { return nil }
        switch byte {
        case UInt8(ascii: "{"): return self.object(depth: depth)
        case UInt8(ascii: "["): return self.array(depth: depth)
        case UInt8(ascii: "\""): return self.string().map(JSON.string)
        case UInt8(ascii: "t"): return self.literal("true", .bool(true))
        case UInt8(ascii: "f"): return self.literal("false", .bool(false))
        case UInt8(ascii: "n"): return self.literal("null", .null)
        default: return self.number()
        }
    }

    private mutating func literal(_ text: StaticString, _ value: JSON) -> JSON? {
        let end = self.index + text.utf8CodeUnitCount
        guard end <= self.bytes.count,
            self.bytes[self.index..<end].elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        else { return nil }
        self.index = end
        return value
    }

    private mutating func object(depth: Int) -> JSON? {
        self.index += 1
        var members: [JSON.Member] = []
        if self.take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            self.skipSpace()
            guard self.current == UInt8(ascii: "\""), let key = self.string(), self.take(UInt8(ascii: ":")),
                let value = self.value(depth: depth + 1)
            else { return nil }
            members.append(JSON.Member(key: key, value: value))
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSON? {
        self.index += 1
        var elements: [JSON] = []
        if self.take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            guard let element = self.value(depth: depth + 1) else { return nil }
            elements.append(element)
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "]")) ? .array(elements) : nil
    }

    private mutating func number() -> JSON? {
        let start = self.index
        guard let isInteger = self.skipNumber() else { return nil }
        let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite || self.isLenient else { return nil }
        return .number(number)
    }

    /// Passes a number by RFC 8259, section 6.
    ///
    /// - Returns: whether it has neither point nor exponent; nil if the text does not begin with a number.
    private mutating func skipNumber() -> Bool? {
        if self.current == UInt8(ascii: "-") { self.index += 1 }
        let startsWithZero = self.current == UInt8(ascii: "0")
        let digits = self.skipDigits()
        guard digits > 0, digits == 1 || !startsWithZero else { return nil }
        var isInteger = true
        if self.current == UInt8(ascii: ".") {
            isInteger = false
            self.index += 1
            guard self.skipDigits() > 0 else { return nil }
        }
        if self.current == UInt8(ascii: "e") || self.current == UInt8(ascii: "E") {
            isInteger = false
            self.index += 1
            if self.current == UInt8(ascii: "+") || self.current == UInt8(ascii: "-") { self.index += 1 }
            guard self.skipDigits() > 0 else { return nil }
        }
        return isInteger
    }

    private mutating func skipDigits() -> Int {
        let start = self.index
        while let byte = self.current, byte >= 0x30, byte <= 0x39 { self.index += 1 }
        return self.index - start
    }

    private mutating func string() -> String? {
        self.index += 1
        var content: [UInt8] = []
        while let byte = self.current {
            self.index += 1
            switch byte {
            case UInt8(ascii: "\""):
                return self.isLenient
                    ? String(decoding: content, as: UTF8.self) : String(validating: content, as: UTF8.self)
            case 0..<0x20: return nil
            case UInt8(ascii: "\\"):
                guard let scalar = self.escape() else { return nil }
                content += Array(String(scalar).utf8)
            default: content.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = self.current else { return nil }
        self.index += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return self.unicodeEscape()
        default: return nil
        }
    }

    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let first = self.fourDigits() else { return nil }
        if let scalar = Unicode.Scalar(first) { return scalar }
        let mark = self.index
        if first < 0xDC00, self.bytes[mark...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            self.index += 2
            guard let second = self.fourDigits() else { return nil }
            if second >= 0xDC00, second < 0xE000 {
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            }
            self.index = mark
        }
        return self.isLenient ? "\u{FFFD}" : nil
    }

    private mutating func fourDigits() -> UInt32? {
        guard self.index + 4 <= self.bytes.count else { return nil }
        let digits = self.bytes[self.index..<self.index + 4]
        guard !digits.contains(where: { $0 == 0x2B || $0 == 0x2D }) else { return nil }
        self.index += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
