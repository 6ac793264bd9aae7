/// A JSON text's content. Members keep their order, so that an export reads as it was meant.
enum JSON: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    struct Member: Equatable {
        let key: String
        let value: JSON
    }

    static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// A number that may be missing, and what no JSON number can be, is null.
    static func optional(_ number: Double?) -> JSON {
        guard let number, number.isFinite else { return .null }
        return .number(number)
    }

    static func strings(_ strings: [String]) -> JSON { .array(strings.map(JSON.string)) }

    static func numbers(_ numbers: [Double]) -> JSON { .array(numbers.map(JSON.optional)) }

    subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    var string: String? { if case .string(let string) = self { string } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    var array: [JSON]? { if case .array(let array) = self { array } else { nil } }
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

extension JSON {
    /// - Parameter indent: spaces for every level of objects; arrays stay on one line, as they are columns of numbers.
    func text(indent: Int? = nil) -> String {
        var text = ""
        self.write(to: &text, indent: indent, depth: 0)
        return text
    }

    private func write(to text: inout String, indent: Int?, depth: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .integer(let integer): text += String(integer)
        case .number(let number): text += number.isFinite ? number.plainNumber : "null"
        case .string(let string): Self.write(string, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text, indent: nil, depth: depth)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                if let indent { text += "\n" + String(repeating: " ", count: indent * (depth + 1)) }
                Self.write(member.key, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent, depth: depth + 1)
            }
            if let indent, !members.isEmpty { text += "\n" + String(repeating: " ", count: indent * depth) }
            text += "}"
        }
    }

    /// `<` is escaped too, so that a text may stand in an HTML page's script.
    static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "<", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}", "\u{7F}":
                let hexadecimal = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
