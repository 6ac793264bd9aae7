import JSONText

/// The beginning of a MessagePack value as JSON text, for a person. Bytes are shown as the text `<3 bytes>`.
struct MessagePackText {
    private var cursor: MessagePackCursor
    private var text: [UInt8] = []
    /// Bytes of the text, about.
    private let limit: Int

    /// The elements of an array, from the one with this index on, as an array; nil if it is not valid so far.
    ///
    /// - Returns: the text, longer than `limit` if it is not whole.
    static func elements(_ payload: UnsafeRawBufferPointer, from first: Int, limit: Int) -> [UInt8]? {
        var writer = Self(cursor: MessagePackCursor(payload), limit: limit)
        guard let count = writer.cursor.array(), count >= first else { return nil }
        for _ in 0..<first { guard writer.cursor.skip() else { return nil } }
        return writer.sequence(count - first, "[", "]", { $0.value() }) ? writer.text : nil
    }

    /// A value; nil if it is not valid so far.
    ///
    /// - Returns: as ``elements(_:from:limit:)``.
    static func value(_ payload: UnsafeRawBufferPointer, limit: Int) -> [UInt8]? {
        var writer = Self(cursor: MessagePackCursor(payload), limit: limit)
        return writer.value() ? writer.text : nil
    }

    private init(cursor: MessagePackCursor, limit: Int) {
        (self.cursor, self.limit) = (cursor, limit)
    }

    /// Each level writes a byte before it reads the next, so the limit bounds the depth, too.
    private var isFull: Bool { self.text.count > self.limit }

    private mutating func sequence(
        _ count: Int, _ open: String, _ close: String, _ element: (inout Self) -> Bool
    ) -> Bool {
        self.text += open.utf8
        for index in 0..<count {
            if self.isFull { break }
            if index > 0 { self.text += ",".utf8 }
            guard element(&self) else { return false }
        }
        self.text += close.utf8
        return true
    }

    private mutating func value() -> Bool {
        if self.isFull { return true }
        if self.cursor.isAtString { return self.string() }
        if self.cursor.isAtMap {
            guard let count = self.cursor.map() else { return false }
            return self.sequence(count, "{", "}") { writer in
                guard writer.value() else { return false }
                writer.text += ":".utf8
                return writer.value()
            }
        }
        var array = self.cursor
        if let count = array.array() {
            self.cursor = array
            return self.sequence(count, "[", "]") { $0.value() }
        }
        switch self.cursor.scalar() {
        case .null?: self.text += "null".utf8
        case .bool(let bool)?: self.text += (bool ? "true" : "false").utf8
        case .integer(let number)?: self.text += String(number).utf8
        case .unsigned(let number)?: self.text += String(number).utf8
        case .double(let number)?: self.text += JSON.optional(number).text(isForHTML: false).utf8
        case .bytes(let count)?: self.text += "\"<\(count) bytes>\"".utf8
        case nil: return false
        }
        return true
    }

    private mutating func string() -> Bool {
        guard let bytes = self.cursor.string() else { return false }
        // More than the limit is not shown in any case.
        let text = String(decoding: bytes.prefix(self.limit + 1), as: UTF8.self)
        self.text += JSON.string(text).text(isForHTML: false).utf8
        return true
    }
}
