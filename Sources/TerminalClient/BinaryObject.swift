import EngineIO
import JSONText
import NIOCore

/// Bytes have no form in JSON: in input and output they are an object `{"binary":"base64"}`.
enum BinaryObject {
    private static let key = "binary"

    static func json(_ bytes: [UInt8]) -> JSON {
        var text = ByteBuffer()
        bytes.withUnsafeBytes { Base64.encode($0, into: &text) }
        return .object([Self.key: .string(String(decoding: text.readableBytesView, as: UTF8.self))])
    }

    /// The bytes of an object whose only member is `binary`; nil for every other value.
    static func bytes(_ json: JSON) -> [UInt8]? {
        guard let members = json.members, members.count == 1, members[0].key == Self.key,
            let text = members[0].value.string
        else { return nil }
        return Self.bytes(ofBase64: text)
    }

    static func bytes(ofBase64 text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBytes { Base64.decode($0) }.map { Array($0.readableBytesView) }
    }
}
