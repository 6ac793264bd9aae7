/// Reads the few JSON texts that the protocol itself has: the open packet and the bodies of HTTP errors.
///
/// A pull reader over bytes; whoever wants a document reads only the members it knows and skips the rest.
struct JSONScanner {
    private let bytes: [UInt8]
    private var index = 0
    /// Deeper text is refused: the readers here know two levels.
    private static let maximumDepth = 64

    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    enum Value: Equatable {
        case string(String)
        case number(String)
        case literal(String)
        case strings([String])
        /// An object, or an array of anything but strings: skipped.
        case other
    }

    /// The members of the object that is the whole text, or nil where it is none. The last of equal keys wins.
    static func object(_ bytes: some Sequence<UInt8>) -> [String: Value]? {
        var scanner = JSONScanner(bytes)
        scanner.skipSpace()
        guard let members = scanner.readObject(depth: 0) else { return nil }
        scanner.skipSpace()
        return scanner.index == scanner.bytes.count ? members : nil
    }

    /// The string that is the whole text, or nil.
    static func string(_ bytes: some Sequence<UInt8>) -> String? {
        var scanner = JSONScanner(bytes)
        scanner.skipSpace()
        guard let string = scanner.readString() else { return nil }
        scanner.skipSpace()
        return scanner.index == scanner.bytes.count ? string : nil
    }

    private var current: UInt8? { self.index < self.bytes.count ? self.bytes[self.index] : nil }

    private mutating func skipSpace() {
        while let byte = self.current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { self.index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipSpace()
        guard self.current == byte else { return false }
        self.index += 1
        return true
    }

    private mutating func readObject(depth: Int) -> [String: Value]? {
        guard depth < Self.maximumDepth, self.take(UInt8(ascii: "{")) else { return nil }
        var members: [String: Value] = [:]
        if self.take(UInt8(ascii: "}")) { return members }
        repeat {
            self.skipSpace()
            guard let key = self.readString(), self.take(UInt8(ascii: ":")) else { return nil }
            guard let value = self.readValue(depth: depth + 1) else { return nil }
            members[key] = value
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "}")) ? members : nil
    }

    private mutating func readArray(depth: Int) -> Value? {
        guard depth < Self.maximumDepth, self.take(UInt8(ascii: "[")) else { return nil }
        var strings: [String] = []
        var onlyStrings = true
        if self.take(UInt8(ascii: "]")) { return .strings([]) }
        repeat {
            guard let value = self.readValue(depth: depth + 1) else { return nil }
            if case .string(let string) = value { strings.append(string) } else { onlyStrings = false }
        } while self.take(UInt8(ascii: ","))
        guard self.take(UInt8(ascii: "]")) else { return nil }
        return onlyStrings ? .strings(strings) : .other
    }

    private mutating func readValue(depth: Int) -> Value? {
        self.skipSpace()
        switch self.current {
        case UInt8(ascii: "{"): return self.readObject(depth: depth) == nil ? nil : .other
        case UInt8(ascii: "["): return self.readArray(depth: depth)
        case UInt8(ascii: "\""): return self.readString().map { .string($0) }
        default: return self.readBare()
        }
    }

    /// A number or a literal: everything up to the next structural character.
    private mutating func readBare() -> Value? {
        let start = self.index
        while let byte = self.current, byte > 0x20, byte != 0x2C, byte != 0x5D, byte != 0x7D { self.index += 1 }
        let text = String(decoding: self.bytes[start..<self.index], as: UTF8.self)
        if ["true", "false", "null"].contains(text) { return .literal(text) }
        return Self.isNumber(text.utf8) ? .number(text) : nil
    }

    /// RFC 8259, section 6.
    private static func isNumber(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func takeDigits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let whole = takeDigits()
        if whole == 0 || (startsWithZero && whole > 1) { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if takeDigits() == 0 { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if takeDigits() == 0 { return false }
        }
        return rest.isEmpty
    }

    private mutating func readString() -> String? {
        guard self.current == UInt8(ascii: "\"") else { return nil }
        self.index += 1
        var out: [UInt8] = []
        while let byte = self.current {
            self.index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalars = self.readEscape() else { return nil }
                out.append(contentsOf: scalars)
            case 0..<0x20: return nil
            default: out.append(byte)
            }
        }
        return nil
    }

    private mutating func readEscape() -> [UInt8]? {
        guard let letter = self.current else { return nil }
        self.index += 1
        switch letter {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "u"):
            guard var unit = self.readHex() else { return nil }
            if (0xD800..<0xDC00).contains(unit), self.index + 1 < self.bytes.count,
                self.bytes[self.index] == UInt8(ascii: "\\"), self.bytes[self.index + 1] == UInt8(ascii: "u")
            {
                let mark = self.index
                self.index += 2
                guard let low = self.readHex() else { return nil }
                if (0xDC00..<0xE000).contains(low) {
                    unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    self.index = mark
                }
            }
            // A lone surrogate is no character: U+FFFD stands for it.
            return Array(String(Unicode.Scalar(unit).map(Character.init) ?? "\u{FFFD}").utf8)
        default: return nil
        }
    }

    private mutating func readHex() -> UInt32? {
        guard self.index + 4 <= self.bytes.count else { return nil }
        let text = String(decoding: self.bytes[self.index..<self.index + 4], as: UTF8.self)
        guard let value = UInt32(text, radix: 16), text.first?.isHexDigit == true else { return nil }
        self.index += 4
        return value
    }
}
