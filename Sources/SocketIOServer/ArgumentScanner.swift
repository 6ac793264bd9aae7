import JSONText
import SocketIO

/// Checks the JSON of a payload without reading it into values: whatever a client sends goes to others as it is, and
/// must not end their sessions.
struct ArgumentScanner {
    /// The bytes that were passed over, and whether they are a string.
    struct Value {
        let bytes: UnsafeRawBufferPointer
        /// The bytes between the quotes of a string; nil for other values.
        let string: UnsafeRawBufferPointer?
    }

    private let bytes: UnsafeRawBufferPointer
    private let attachmentCount: Int
    private var cursor: JSONCursor

    /// - Parameter attachmentCount: the attachments that placeholders may name. Without any, a placeholder is an object
    ///   as others are.
    init(_ bytes: UnsafeRawBufferPointer, attachmentCount: Int) {
        self.bytes = bytes
        self.attachmentCount = attachmentCount
        self.cursor = JSONCursor(bytes)
    }

    /// Where the next byte is.
    var position: Int { self.cursor.position }

    mutating func take(_ mark: Unicode.Scalar) -> Bool { self.cursor.take(UInt8(ascii: mark)) }

    var isAtEnd: Bool {
        var cursor = self.cursor
        return cursor.next() == nil
    }

    /// Passes a value of any kind.
    mutating func value() throws(SocketIOPacketError) -> Value {
        let first = self.cursor.next()
        let start = self.position
        let string = first == UInt8(ascii: "\"") ? try self.string() : nil
        if string == nil { try self.skip(depth: 0) }
        return Value(bytes: UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position]), string: string)
    }

    private mutating func string() throws(SocketIOPacketError) -> UnsafeRawBufferPointer {
        guard let string = self.cursor.string() else { throw .invalidJSON }
        return string
    }

    private mutating func skip(depth: Int) throws(SocketIOPacketError) {
        switch self.cursor.next() {
        case UInt8(ascii: "["):
            guard depth < SocketIOValue.maximumDepth else { throw .tooDeep }
            _ = self.take("[")
            if self.take("]") { return }
            repeat { try self.skip(depth: depth + 1) } while self.take(",")
            guard self.take("]") else { throw .invalidJSON }
        case UInt8(ascii: "{"):
            guard depth < SocketIOValue.maximumDepth else { throw .tooDeep }
            try self.skipObject(depth: depth)
        default:
            guard self.cursor.skipScalar() else { throw .invalidJSON }
        }
    }

    private mutating func skipObject(depth: Int) throws(SocketIOPacketError) {
        _ = self.take("{")
        if self.take("}") { return }
        var isPlaceholder = false
        var hasNumber = false
        var hasWrongNumber = false
        repeat {
            let key = try self.string()
            guard self.take(":") else { throw .invalidJSON }
            _ = self.cursor.next()
            let start = self.position
            try self.skip(depth: depth + 1)
            guard self.attachmentCount > 0 else { continue }
            let value = self.bytes[start..<self.position]
            switch JSONString.text(key) {
            case "_placeholder":
                if value.elementsEqual("true".utf8) { isPlaceholder = true }
            case "num":
                hasNumber = true
                let number = Int(String(decoding: value, as: UTF8.self))
                if !(0..<self.attachmentCount).contains(number ?? -1) { hasWrongNumber = true }
            default:
                break
            }
        } while self.take(",")
        guard self.take("}") else { throw .invalidJSON }
        if isPlaceholder, !hasNumber || hasWrongNumber {
            throw SocketIOPacketError("illegal attachments: a placeholder names one that does not exist")
        }
    }
}

extension SocketIOPacketError {
    static let invalidJSON = Self("a packet whose payload is not valid JSON")
    fileprivate static let tooDeep = Self("a packet with more than \(SocketIOValue.maximumDepth) levels")
}
