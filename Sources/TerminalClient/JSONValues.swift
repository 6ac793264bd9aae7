import JSONText
import SocketIO

extension SocketIOValue {
    package init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .number(let number): self = .double(number)
        case .string(let string): self = .string(string)
        case .array(let elements): self = .array(elements.map { SocketIOValue($0) })
        case .object(let members):
            self =
                BinaryObject.bytes(json).map { .bytes($0) }
                ?? .object(members.map { Member(key: $0.key, value: SocketIOValue($0.value)) })
        }
    }
}

extension JSON {
    init(_ value: SocketIOValue) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .integer(let integer): self = .integer(integer)
        case .double(let double): self = .number(double)
        case .string(let string): self = .string(string)
        case .bytes(let bytes): self = BinaryObject.json(bytes)
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let members): self = .object(members.map { Member(key: $0.key, value: JSON($0.value)) })
        }
    }
}
