extension JSON {
    /// The value as JSON; a number that no JSON number can be is null.
    ///
    /// - Parameters:
    ///   - indent: spaces for every level of objects; arrays stay on one line, as they are columns of numbers.
    ///   - isForHTML: whether `<` and what JavaScript takes for line breaks are escaped too, so that the text may stand
    ///     in an HTML page's script.
    package func text(indent: Int? = nil, isForHTML: Bool = true) -> String {
        var writer = JSONWriter(isForHTML: isForHTML)
        writer.write(self, indent: indent, depth: 0)
        return writer.text
    }
}

private struct JSONWriter {
    let isForHTML: Bool
    var text = ""

    init(isForHTML: Bool) { self.isForHTML = isForHTML }

    mutating func write(_ value: JSON, indent: Int?, depth: Int) {
        switch value {
        case .null: self.text += "null"
        case .bool(let bool): self.text += bool ? "true" : "false"
        case .integer(let integer): self.text += String(integer)
        case .number(let number): self.text += number.isFinite ? number.plainText : "null"
        case .string(let string): self.write(string)
        case .array(let elements):
            self.text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { self.text += "," }
                self.write(element, indent: nil, depth: depth)
            }
            self.text += "]"
        case .object(let members):
            self.text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { self.text += "," }
                if let indent { self.text += "\n" + String(repeating: " ", count: indent * (depth + 1)) }
                self.write(member.key)
                self.text += indent == nil ? ":" : ": "
                self.write(member.value, indent: indent, depth: depth + 1)
            }
            if let indent, !members.isEmpty { self.text += "\n" + String(repeating: " ", count: indent * depth) }
            self.text += "}"
        }
    }

    private mutating func write(_ string: String) {
        self.text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": self.text += "\\\""
            case "\\": self.text += "\\\\"
            case "\n": self.text += "\\n"
            case "\t": self.text += "\\t"
            case "\r": self.text += "\\r"
            case "\u{0}"..."\u{1F}", "\u{7F}": self.writeEscaped(scalar)
            case "<", "\u{2028}", "\u{2029}":
                if self.isForHTML { self.writeEscaped(scalar) } else { self.text.unicodeScalars.append(scalar) }
            default: self.text.unicodeScalars.append(scalar)
            }
        }
        self.text += "\""
    }

    private mutating func writeEscaped(_ scalar: Unicode.Scalar) {
        let hexadecimal = String(scalar.value, radix: 16)
        self.text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    }
}
