/// An argument of an event or of an ack: everything that JSON has, and bytes.
///
///     let argument: SocketIOValue = ["name": "bot", "scores": [1, 2.5, nil]]
///     argument["name"]?.string  // "bot"
public enum SocketIOValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number without a point and an exponent that fits.
    case integer(Int)
    case double(Double)
    case string(String)
    /// Sent as an attachment, wherever it stands.
    case bytes([UInt8])
    case array([SocketIOValue])
    /// The members keep their order. Two objects with the same members in another order are not equal.
    case object([Member])

    /// A key of an object and its value.
    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: SocketIOValue

        public init(key: String, value: SocketIOValue) {
            self.key = key
            self.value = value
        }
    }

    /// The most levels of arrays and objects in an argument.
    public static let maximumDepth = 128
}

extension SocketIOValue {
    /// A member of an object; the last of equal keys counts. Nil if absent, or if this is not an object.
    public subscript(key: String) -> SocketIOValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// An element of an array. Nil if absent, or if this is not an array.
    public subscript(index: Int) -> SocketIOValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var string: String? { if case .string(let string) = self { string } else { nil } }
    public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    public var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }
    public var bytes: [UInt8]? { if case .bytes(let bytes) = self { bytes } else { nil } }
    public var array: [SocketIOValue]? { if case .array(let array) = self { array } else { nil } }
    public var isNull: Bool { self == .null }

    /// A number of either kind.
    public var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .double(let double): double
        default: nil
        }
    }
}
