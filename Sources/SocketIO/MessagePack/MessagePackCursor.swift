/// Reads MessagePack in place, one value after the other, without allocating anything.
///
/// Each function returns nil, or false, if the next value is of another type or is cut off; the position is then
/// undefined, unless the function says otherwise.
struct MessagePackCursor {
    let bytes: UnsafeRawBufferPointer
    /// The beginning of the next value.
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.position == self.bytes.count }
    private var left: Int { self.bytes.count - self.position }

    /// The byte that is not a type of MessagePack.
    private static let unused: UInt8 = 0xC1

    /// The type of the next value; at the end the byte that is not a type.
    private var head: UInt8 { self.isAtEnd ? Self.unused : self.bytes[self.position] }

    /// JavaScript's `undefined` as notepack writes it: an extension of type 0 with one byte.
    var isAtUndefined: Bool {
        self.left >= 3 && self.bytes[self.position] == 0xD4 && self.bytes[self.position + 1] == 0
    }

    /// Whether the next value is a string.
    var isAtString: Bool {
        switch self.head {
        case 0xA0...0xBF, 0xD9, 0xDA, 0xDB: true
        default: false
        }
    }

    /// Whether the next value is an integer or a float.
    var isAtNumber: Bool {
        switch self.head {
        case 0x00...0x7F, 0xE0...0xFF, 0xCA...0xD3: true
        default: false
        }
    }

    /// Whether the next value is a map.
    var isAtMap: Bool {
        switch self.head {
        case 0x80...0x8F, 0xDE, 0xDF: true
        default: false
        }
    }

    /// The number of elements of an array. Each of them takes at least one of the bytes that are left.
    mutating func array() -> Int? {
        switch self.byte() {
        case let head? where head & 0xF0 == 0x90: self.bounded(Int(head & 0x0F))
        case 0xDC: self.bounded(self.length(2))
        case 0xDD: self.bounded(self.length(4))
        default: nil
        }
    }

    /// The number of pairs of a map. Each of them takes at least two of the bytes that are left.
    mutating func map() -> Int? {
        let count: Int?
        switch self.byte() {
        case let head? where head & 0xF0 == 0x80: count = Int(head & 0x0F)
        case 0xDE: count = self.length(2)
        case 0xDF: count = self.length(4)
        default: return nil
        }
        return self.bounded(count.map { $0 * 2 }).map { $0 / 2 }
    }

    /// The bytes of a string.
    mutating func string() -> UnsafeRawBufferPointer? {
        switch self.byte() {
        case let head? where head & 0xE0 == 0xA0: self.take(Int(head & 0x1F))
        case 0xD9: self.take(self.length(1))
        case 0xDA: self.take(self.length(2))
        case 0xDB: self.take(self.length(4))
        default: nil
        }
    }

    /// The bytes of an integer, with its type; nil if the value is not an integer.
    mutating func integerBytes() -> UnsafeRawBufferPointer? {
        let start = self.position
        switch self.head {
        case 0x00...0x7F, 0xE0...0xFF, 0xCC...0xCF, 0xD0...0xD3: break
        default: return nil
        }
        guard self.skip() else { return nil }
        return UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position])
    }

    /// An integer that is not negative.
    mutating func unsignedInteger() -> UInt64? {
        switch self.byte() {
        case let head? where head < 0x80: return UInt64(head)
        case let head? where head & 0xFC == 0xCC: return self.bigEndian(1 << Int(head & 3))
        case let head? where head & 0xFC == 0xD0:
            let size = 1 << Int(head & 3)
            guard let number = self.bigEndian(size), number >> UInt64(size * 8 - 1) == 0 else { return nil }
            return number
        default: return nil
        }
    }

    /// Goes to the value of a key in the map that is next.
    ///
    /// - Returns: false if the map has no such key.
    mutating func find(_ key: StaticString) -> Bool {
        guard let count = self.map() else { return false }
        for _ in 0..<count {
            if self.isAtString {
                guard let name = self.string() else { return false }
                if name.equals(key) { return true }
            } else if !self.skip() {
                return false
            }
            guard self.skip() else { return false }
        }
        return false
    }

    /// A value that is not a string, an array or a map.
    enum Scalar {
        case null
        case bool(Bool)
        case integer(Int64)
        case unsigned(UInt64)
        case double(Double)
        /// Bytes, or an extension.
        case bytes(count: Int)
    }

    /// Reads a value that is not a string, an array or a map.
    mutating func scalar() -> Scalar? {
        guard let head = self.byte() else { return nil }
        switch head {
        case 0x00...0x7F: return .integer(Int64(head))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: head)))
        case 0xC0: return .null
        case 0xC2, 0xC3: return .bool(head == 0xC3)
        case 0xCA: return self.bigEndian(4).map { .double(Double(Float(bitPattern: UInt32($0)))) }
        case 0xCB: return self.bigEndian(8).map { .double(Double(bitPattern: $0)) }
        case 0xCC...0xCF: return self.bigEndian(1 << Int(head & 3)).map { .unsigned($0) }
        case 0xD0...0xD3:
            let size = 1 << Int(head & 3)
            let unused = 64 - size * 8
            return self.bigEndian(size).map { .integer((Int64(bitPattern: $0) << unused) >> unused) }
        case 0xC4...0xC6: return self.take(self.length(1 << Int(head - 0xC4))).map { .bytes(count: $0.count) }
        case 0xC7...0xC9:
            return self.take(self.length(1 << Int(head - 0xC7)).map { $0 + 1 }).map { .bytes(count: $0.count - 1) }
        case 0xD4...0xD8: return self.take((1 << Int(head - 0xD4)) + 1).map { .bytes(count: $0.count - 1) }
        default: return nil
        }
    }

    /// Skips one value with everything in it, however deep.
    mutating func skip() -> Bool {
        var pending = 1
        while pending > 0 {
            pending -= 1
            guard let head = self.byte() else { return false }
            let isThere: Bool
            switch head {
            case 0x00...0x7F, 0xC0, 0xC2, 0xC3, 0xE0...0xFF: continue
            case 0x80...0x8F: isThere = Self.add(Int(head & 0x0F) * 2, to: &pending)
            case 0x90...0x9F: isThere = Self.add(Int(head & 0x0F), to: &pending)
            case 0xA0...0xBF: isThere = self.take(Int(head & 0x1F)) != nil
            case 0xC4...0xC6: isThere = self.take(self.length(1 << Int(head - 0xC4))) != nil
            case 0xC7...0xC9: isThere = self.take(self.length(1 << Int(head - 0xC7)).map { $0 + 1 }) != nil
            case 0xCA, 0xCB: isThere = self.take(4 << Int(head - 0xCA)) != nil
            case 0xCC...0xD3: isThere = self.take(1 << Int(head & 3)) != nil
            case 0xD4...0xD8: isThere = self.take((1 << Int(head - 0xD4)) + 1) != nil
            case 0xD9...0xDB: isThere = self.take(self.length(1 << Int(head - 0xD9))) != nil
            case 0xDC, 0xDD: isThere = Self.add(self.length(2 << Int(head - 0xDC)), to: &pending)
            case 0xDE, 0xDF: isThere = Self.add(self.length(2 << Int(head - 0xDE)).map { $0 * 2 }, to: &pending)
            default: return false
            }
            // Each value that is still to come takes at least one byte.
            guard isThere, pending <= self.left else { return false }
        }
        return true
    }

    private static func add(_ count: Int?, to pending: inout Int) -> Bool {
        guard let count else { return false }
        pending += count
        return true
    }

    private mutating func byte() -> UInt8? {
        guard !self.isAtEnd else { return nil }
        defer { self.position += 1 }
        return self.bytes[self.position]
    }

    private mutating func take(_ count: Int?) -> UnsafeRawBufferPointer? {
        guard let count, count <= self.left else { return nil }
        defer { self.position += count }
        return UnsafeRawBufferPointer(rebasing: self.bytes[self.position..<self.position + count])
    }

    private mutating func length(_ size: Int) -> Int? { self.bigEndian(size).map { Int(truncatingIfNeeded: $0) } }

    private mutating func bigEndian(_ size: Int) -> UInt64? {
        self.take(size)?.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func bounded(_ count: Int?) -> Int? {
        guard let count, count <= self.left else { return nil }
        return count
    }
}
