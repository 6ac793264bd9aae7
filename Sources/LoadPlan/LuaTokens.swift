/// The names, keywords and signs of a Lua text, with their lines; strings and numbers stand for themselves as `""` and
/// `0` (Lua 5.4 reference manual, 3.1).
struct LuaTokens {
    struct Token: Equatable {
        let text: String
        let line: Int
        var isName = false
    }

    private static let none = Token(text: "", line: 0)
    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var tokens: [Token] = []

    var indices: Range<Int> { self.tokens.indices }

    /// An empty token before the first and behind the last.
    subscript(index: Int) -> Token { self.tokens.indices.contains(index) ? self.tokens[index] : Self.none }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // A line with the interpreter's name does not belong to Lua.
        if self.byte(0) == UInt8(ascii: "#") { self.skipLine() }
        while self.position < bytes.count { self.step() }
    }

    private func byte(_ offset: Int) -> UInt8 {
        let index = self.position + offset
        return index < self.bytes.count ? self.bytes[index] : 0
    }

    private mutating func advance() {
        if self.byte(0) == UInt8(ascii: "\n") { self.line += 1 }
        self.position += 1
    }

    private mutating func step() {
        let (first, second) = (self.byte(0), self.byte(1))
        switch first {
        case UInt8(ascii: "-") where second == first:
            self.position += 2
            if !self.skipLongBracket() { self.skipLine() }
        case UInt8(ascii: "\""), UInt8(ascii: "'"): self.string(until: first)
        case UInt8(ascii: "["):
            let start = self.line
            self.append(self.skipLongBracket() ? "\"\"" : self.sign(), start)
        case _ where first.startsName: self.word()
        case _ where first.isDigit || (first == UInt8(ascii: ".") && second.isDigit): self.number()
        case 0x21...0x7E: self.append(self.sign(), self.line)
        default: self.advance()
        }
    }

    private mutating func append(_ text: String, _ line: Int) { self.tokens.append(Token(text: text, line: line)) }

    private mutating func skipLine() {
        while self.position < self.bytes.count, self.byte(0) != UInt8(ascii: "\n") { self.position += 1 }
    }

    /// `[[…]]`, `[=[…]=]`; false where no such bracket begins here.
    private mutating func skipLongBracket() -> Bool {
        var level = 0
        guard self.byte(0) == UInt8(ascii: "[") else { return false }
        while self.byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        guard self.byte(1 + level) == UInt8(ascii: "[") else { return false }
        self.position += level + 2
        while self.position < self.bytes.count {
            if self.byte(0) == UInt8(ascii: "]"), self.byte(level + 1) == UInt8(ascii: "]"),
                (0..<level).allSatisfy({ self.byte($0 + 1) == UInt8(ascii: "=") })
            {
                self.position += level + 2
                return true
            }
            self.advance()
        }
        return true
    }

    private mutating func string(until quote: UInt8) {
        self.append("\"\"", self.line)
        self.advance()
        while self.position < self.bytes.count, self.byte(0) != quote {
            if self.byte(0) == UInt8(ascii: "\\") { self.advance() }
            self.advance()
        }
        self.position += 1
    }

    private mutating func word() {
        let start = self.position
        while self.byte(0).startsName || self.byte(0).isDigit { self.position += 1 }
        let text = String(decoding: self.bytes[start..<self.position], as: UTF8.self)
        self.tokens.append(Token(text: text, line: self.line, isName: !Self.keywords.contains(text)))
    }

    private mutating func number() {
        self.append("0", self.line)
        var last: UInt8 = 0
        while true {
            let next = self.byte(0)
            let isSignOfExponent = [0x2B, 0x2D].contains(next) && [0x45, 0x65, 0x50, 0x70].contains(last)
            guard next.startsName || next.isDigit || next == UInt8(ascii: ".") || isSignOfExponent else { return }
            last = next
            self.position += 1
        }
    }

    /// One sign; signs with a `=` or a `:` are distinguished from these.
    private mutating func sign() -> String {
        let (first, second) = (self.byte(0), self.byte(1))
        let isDouble =
            (second == UInt8(ascii: "=") && [0x3D, 0x3C, 0x3E, 0x7E].contains(first))
            || (first == UInt8(ascii: ":") && second == first)
        let count = isDouble ? 2 : 1
        let text = String(decoding: self.bytes[self.position..<self.position + count], as: UTF8.self)
        self.position += count
        return text
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
    fileprivate var startsName: Bool {
        (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == UInt8(ascii: "_")
    }
}
