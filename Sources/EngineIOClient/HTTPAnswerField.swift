import NIOHTTP1

/// A header of an answer as it came, and the lines of an answer's head.
struct HTTPAnswerField {
    var name: String
    var value: [UInt8]

    /// Reads `HTTP/1.1 200 OK`; the words at its end may be missing.
    static func statusLine(_ line: [UInt8]) throws(HTTPAnswerError) -> (isVersion10: Bool, status: Int) {
        let digit = { (index: Int) -> Int? in
            index < line.count && (0x30...0x39).contains(line[index]) ? Int(line[index] - 0x30) : nil
        }
        guard line.starts(with: "HTTP/".utf8), digit(5) != nil, line.dropFirst(6).first == UInt8(ascii: ".") else {
            throw HTTPAnswerError("it does not begin with HTTP/1.1")
        }
        guard digit(5) == 1, let minor = digit(7), line.dropFirst(8).first == 0x20 else {
            throw HTTPAnswerError("it has a version other than HTTP/1.1")
        }
        guard let hundreds = digit(9), let tens = digit(10), let ones = digit(11), hundreds > 0,
            line.count == 12 || line[12] == 0x20
        else { throw HTTPAnswerError("it has no status of three digits") }
        return (minor == 0, hundreds * 100 + tens * 10 + ones)
    }

    /// Reads one line of the head, which may go on with the header before it (RFC 9112, section 5.2).
    static func add(_ line: [UInt8], to fields: inout [HTTPAnswerField]) throws(HTTPAnswerError) {
        guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw HTTPAnswerError("it has a control character in a header")
        }
        if let first = line.first, self.isBlank(first) {
            guard !fields.isEmpty else { throw HTTPAnswerError("its first header begins with a space") }
            fields[fields.count - 1].value += [0x20] + self.trimmed(line[...])
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line[..<colon].allSatisfy(self.isToken)
        else { throw HTTPAnswerError("it has a line that is not a header") }
        fields.append(
            HTTPAnswerField(
                name: String(decoding: line[..<colon], as: UTF8.self), value: self.trimmed(line[(colon + 1)...])))
    }

    /// Reads the size of a chunk; what may stand behind it means nothing here (RFC 9112, section 7.1.1).
    static func chunkSize(_ line: [UInt8]) throws(HTTPAnswerError) -> Int {
        let digits = line.prefix { Character(UnicodeScalar($0)).isHexDigit }
        let rest = line.dropFirst(digits.count).drop(while: self.isBlank)
        guard rest.isEmpty || rest.first == UInt8(ascii: ";"), (1...16).contains(digits.count),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw HTTPAnswerError("it has a chunk without a size") }
        return size
    }

    /// The length that all of `values` give, nil without one (RFC 9112, section 6.3).
    static func contentLength(_ values: [Substring]) throws(HTTPAnswerError) -> Int? {
        guard let first = values.first else { return nil }
        guard !first.isEmpty, first.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(first),
            values.allSatisfy({ $0 == first })
        else { throw HTTPAnswerError("its Content-Length is \"\(self.shown(values.joined(separator: ", ")))\"") }
        return length
    }

    /// Whether `Keep-Alive: timeout=0` or `max=1` says that the server closes the connection now.
    static func forbidsReuse(_ headers: HTTPHeaders) -> Bool {
        headers[canonicalForm: "keep-alive"].contains { parameter in
            let pair = parameter.lowercased().split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            guard pair.count == 2, let number = Int(pair[1]) else { return false }
            return pair[0] == "timeout" && number <= 0 || pair[0] == "max" && number <= 1
        }
    }

    /// The start of what a server wrote, as a terminal can show it.
    static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).map { (0x20...0x7E) ~= $0.value ? $0 : "?" }))
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
}
