/// A JSON text's content. Members keep their order, so that an export reads as it was meant.
package enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number without point and exponent that fits.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let key: String
        package let value: JSON

        package init(key: String, value: JSON) { (self.key, self.value) = (key, value) }
    }

    package static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// A number that may be missing, and what no JSON number can be, is null.
    package static func optional(_ number: Double?) -> JSON {
        guard let number, number.isFinite else { return .null }
        return .number(number)
    }

    package static func strings(_ strings: [String]) -> JSON { .array(strings.map(JSON.string)) }

    package static func numbers(_ numbers: [Double]) -> JSON { .array(numbers.map(JSON.optional)) }

    /// A member of an object; the last of equal keys wins. Nil if absent, or if this is not an object.
    package subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var string: String? { if case .string(let string) = self { string } else { nil } }
    package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    package var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    package var array: [JSON]? { if case .array(let array) = self { array } else { nil } }
    package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// A number of either kind.
    package var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
