import NIOHTTP1

/// A header of an answer, and the rules for the lines of an answer.
///
/// Lines are read as leniently as browsers and python read them where that cannot change the meaning of other lines;
/// ``HTTPAnswerReader`` has the rules for the message as a whole.
struct HTTPAnswerField {
    /// Empty for a line that is not a header: it is ignored, together with the lines that continue it.
    var name: String
    var value: [UInt8]

    /// Reads `HTTP/1.1 200 OK`: in any letter case, with one or more blanks, with or without a reason phrase.
    static func statusLine(_ line: [UInt8]) throws(HTTPAnswerError) -> (isVersion10: Bool, status: Int) {
        let words = line.split(maxSplits: 2, whereSeparator: self.isBlank)
        let version = String(decoding: words.first ?? [], as: UTF8.self)
        guard version.lowercased().hasPrefix("http/") else {
            throw HTTPAnswerError("it does not begin with HTTP/1.1 but with \"\(self.shown(line))\"")
        }
        let number = version.utf8.dropFirst(5)
        guard number.starts(with: "1.".utf8), number.count > 2, number.dropFirst(2).allSatisfy(self.isDigit) else {
            throw HTTPAnswerError("its version is \"\(self.shown(version))\", not HTTP/1.1")
        }
        guard words.count > 1, words[1].count == 3, words[1].allSatisfy(self.isDigit),
            let status = Int(String(decoding: words[1], as: UTF8.self)), status >= 100
        else { throw HTTPAnswerError("its first line \"\(self.shown(line))\" has no status of three digits") }
        return (number.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") }, status)
    }

    /// Reads one line of the head, which may continue the line before it (RFC 9112, section 5.2).
    static func add(_ line: [UInt8], to fields: inout [HTTPAnswerField]) throws(HTTPAnswerError) {
        // A bare CR is read as a space (RFC 9112, section 2.2), as are other control characters; a zero byte is
        // refused, as in browsers.
        guard !line.contains(0) else { throw HTTPAnswerError("its header \"\(self.shown(line))\" has a zero byte") }
        guard let first = line.first, self.isBlank(first) else { return fields.append(HTTPAnswerField(line)) }
        // A continuation without a header to continue is ignored (RFC 9112, section 2.2).
        let more = self.trimmed(line[...])
        guard !fields.isEmpty, !more.isEmpty else { return }
        let last = fields.count - 1
        fields[last].value += (fields[last].value.isEmpty ? [] : [0x20]) + more
    }

    private init(_ line: [UInt8]) {
        let name = line.firstIndex(of: UInt8(ascii: ":")).map { Self.trimmed(line[..<$0]) } ?? []
        if !name.isEmpty, name.allSatisfy(Self.isToken) {
            self.name = String(decoding: name, as: UTF8.self)
        } else {
            self.name = ""
        }
        self.value = Self.trimmed(line[...].drop { $0 != UInt8(ascii: ":") }.dropFirst())
    }

    /// The value as text, with spaces for control characters.
    var text: String {
        let isPrintable = self.value.allSatisfy { !Self.isControl($0) }
        return String(
            decoding: isPrintable ? self.value : self.value.map { Self.isControl($0) ? 0x20 : $0 }, as: UTF8.self)
    }

    /// Reads the size of a chunk; extensions after it are ignored (RFC 9112, section 7.1.1).
    static func chunkSize(_ line: [UInt8]) throws(HTTPAnswerError) -> Int {
        let text = self.trimmed(line.prefix { $0 != UInt8(ascii: ";") })
        let digits = text.drop { $0 == UInt8(ascii: "0") }
        guard !text.isEmpty, text.allSatisfy({ UnicodeScalar($0).properties.isASCIIHexDigit }), digits.count < 16 else {
            throw HTTPAnswerError("the size of a chunk is \"\(self.shown(line))\", not a hexadecimal number")
        }
        return Int(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }

    /// The length on which all of `values` agree; nil if there are none (RFC 9112, section 6.3).
    static func contentLength(_ values: [Substring]) throws(HTTPAnswerError) -> Int? {
        guard let first = values.first else { return nil }
        let lengths = values.map { $0.utf8.allSatisfy(self.isDigit) ? Int($0) : nil }
        guard let length = lengths[0], lengths.allSatisfy({ $0 == length }) else {
            let shown = self.shown(values.count == 1 ? String(first) : values.joined(separator: ", "))
            throw HTTPAnswerError("its Content-Length is \"\(shown)\", not one number of bytes")
        }
        return length
    }

    /// Whether `Keep-Alive: timeout=0` or `max=1` announces that the server closes the connection now.
    static func forbidsReuse(_ headers: HTTPHeaders) -> Bool {
        headers[canonicalForm: "keep-alive"].contains { parameter in
            let pair = parameter.lowercased().split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            guard pair.count == 2, let number = Int(pair[1]) else { return false }
            return pair[0] == "timeout" && number <= 0 || pair[0] == "max" && number <= 1
        }
    }

    /// The first 60 characters of a text that a server wrote, without any that a terminal cannot show.
    static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { (0x20...0x7E) ~= $0.value ? $0 : "?" }))
    }

    private static func shown(_ line: [UInt8]) -> String {
        // A character has at most four bytes.
        self.shown(String(decoding: line.prefix(240), as: UTF8.self))
    }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let start = bytes.drop(while: self.isBlank)
        guard let last = start.lastIndex(where: { !self.isBlank($0) }) else { return [] }
        return Array(start[...last])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }
}
