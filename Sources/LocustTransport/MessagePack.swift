import CMessagePack
import Locust

/// Messages as bytes, by msgpack's own library.
package enum MessagePack {
    /// - Parameter value: without ``MessageValue/unknown``, which is written as nil.
    package static func encode(_ value: MessageValue) -> [UInt8] {
        var buffer = msgpack_sbuffer()
        msgpack_sbuffer_init(&buffer)
        defer { msgpack_sbuffer_destroy(&buffer) }
        withUnsafeMutablePointer(to: &buffer) { buffer in
            var packer = msgpack_packer()
            msgpack_packer_init(&packer, buffer) { context, bytes, count in
                msgpack_sbuffer_write(context, bytes, count)
            }
            Self.pack(value, &packer)
        }
        return Array(UnsafeRawBufferPointer(start: buffer.data, count: buffer.size))
    }

    /// The one value that the bytes are; nil where they are anything else.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> MessageValue? {
        guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return nil }
        var unpacked = msgpack_unpacked()
        msgpack_unpacked_init(&unpacked)
        defer { msgpack_unpacked_destroy(&unpacked) }
        var offset = 0
        guard msgpack_unpack_next(&unpacked, start, bytes.count, &offset) == MSGPACK_UNPACK_SUCCESS,
            offset == bytes.count
        else { return nil }
        return Self.value(unpacked.data)
    }

    private static func pack(_ value: MessageValue, _ packer: inout msgpack_packer) {
        switch value {
        case .null, .unknown: msgpack_pack_nil(&packer)
        case .bool(let isTrue): _ = isTrue ? msgpack_pack_true(&packer) : msgpack_pack_false(&packer)
        case .int(let number): msgpack_pack_int64(&packer, Int64(number))
        case .double(let number): msgpack_pack_double(&packer, number)
        case .string(var text):
            text.withUTF8 { _ = msgpack_pack_str_with_body(&packer, $0.baseAddress, $0.count) }
        case .array(let values):
            msgpack_pack_array(&packer, values.count)
            for value in values { Self.pack(value, &packer) }
        case .map(let pairs):
            msgpack_pack_map(&packer, pairs.count)
            for pair in pairs {
                Self.pack(pair.key, &packer)
                Self.pack(pair.value, &packer)
            }
        }
    }

    /// The library reads at most 32 levels, so that this ends.
    private static func value(_ object: msgpack_object) -> MessageValue {
        switch object.type {
        case MSGPACK_OBJECT_NIL: return .null
        case MSGPACK_OBJECT_BOOLEAN: return .bool(object.via.boolean)
        case MSGPACK_OBJECT_POSITIVE_INTEGER: return Int(exactly: object.via.u64).map(MessageValue.int) ?? .unknown
        case MSGPACK_OBJECT_NEGATIVE_INTEGER: return .int(Int(object.via.i64))
        case MSGPACK_OBJECT_FLOAT32, MSGPACK_OBJECT_FLOAT64: return .double(object.via.f64)
        case MSGPACK_OBJECT_STR:
            let bytes = UnsafeRawBufferPointer(start: object.via.str.ptr, count: Int(object.via.str.size))
            return .string(String(decoding: bytes, as: UTF8.self))
        case MSGPACK_OBJECT_ARRAY:
            let elements = UnsafeBufferPointer(start: object.via.array.ptr, count: Int(object.via.array.size))
            return .array(elements.map(Self.value))
        case MSGPACK_OBJECT_MAP:
            let pairs = UnsafeBufferPointer(start: object.via.map.ptr, count: Int(object.via.map.size))
            return .map(pairs.map { MessageValue.Pair(key: Self.value($0.key), value: Self.value($0.val)) })
        default: return .unknown
        }
    }
}
