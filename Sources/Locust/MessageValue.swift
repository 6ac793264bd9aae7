/// A part of a message in Locust's protocol: the values of msgpack that the two sides use.
package indirect enum MessageValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([MessageValue])
    /// In the order of the wire.
    case map([Pair])
    /// Of a kind that no message has: binaries, extensions, whole numbers past 63 bits.
    case unknown

    package struct Pair: Equatable, Sendable {
        package let key: MessageValue
        package let value: MessageValue

        package init(key: MessageValue, value: MessageValue) { (self.key, self.value) = (key, value) }
    }

    /// The value under a key of a map; nil if the key is absent or its value is nil.
    subscript(key: String) -> MessageValue? {
        guard case .map(let pairs) = self else { return nil }
        let value = pairs.first { $0.key == .string(key) }?.value
        return value == .null ? nil : value
    }

    var string: String? { if case .string(let text) = self { text } else { nil } }

    /// A whole number, also where it is written with a point.
    var int: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    /// A finite number.
    var double: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number) where number.isFinite: number
        default: nil
        }
    }
}

extension MessageValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral text: String) { self = .string(text) }
    package init(integerLiteral number: Int) { self = .int(number) }
    package init(dictionaryLiteral pairs: (MessageValue, MessageValue)...) {
        self = .map(pairs.map { Pair(key: $0.0, value: $0.1) })
    }
}
