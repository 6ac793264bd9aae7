/// A JSON text's content. Members keep their order, so that an export reads as it was meant.
public enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// A number without point and exponent that fits.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Member])

    public struct Member: Equatable, Sendable {
        public let key: String
        public let value: JSON

        public init(key: String, value: JSON) { (self.key, self.value) = (key, value) }
    }

    public static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
        .object(members.map { Member(key: $0.key, value: $0.value) })
    }

    /// A number that may be missing, and what no JSON number can be, is null.
    public static func optional(_ number: Double?) -> JSON {
        guard let number, number.isFinite else { return .null }
        return .number(number)
    }

    public static func strings(_ strings: [String]) -> JSON { .array(strings.map(JSON.string)) }

    public static func numbers(_ numbers: [Double]) -> JSON { .array(numbers.map(JSON.optional)) }

    /// A member of an object; the last of equal keys wins. Nil where there is none, or where this is no object.
    public subscript(key: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    public var string: String? { if case .string(let string) = self { string } else { nil } }
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    public var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    public var array: [JSON]? { if case .array(let array) = self { array } else { nil } }
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// A number of either kind.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}
