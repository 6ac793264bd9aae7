import JSONText

/// The payload of an event or an ack to be sent, and the attachments that follow it.
package struct WrittenArguments {
    /// Free bytes for the header, then the JSON array.
    private var packet: [UInt8]
    /// In the order of their placeholders.
    private var attachments = JoinedParts()
    private var hasPlaceholder = false

    /// - Parameters:
    ///   - name: the name of an event; nil for an ack.
    ///   - headroom: the number of free bytes.
    /// - Throws: ``SocketIOValueError``.
    package init(name: String?, _ values: [SocketIOValue], headroom: Int) throws(SocketIOValueError) {
        self.packet = [UInt8](repeating: 0, count: headroom)
        self.byte("[")
        if let name { self.write(name) }
        for (index, value) in values.enumerated() {
            if index > 0 || name != nil { self.byte(",") }
            try self.write(value, depth: 0)
        }
        self.byte("]")
        if self.hasPlaceholder, self.attachments.count > 0 { throw .placeholder }
    }

    /// A value that cannot have attachments, such as the payload of CONNECT.
    ///
    /// - Throws: ``SocketIOValueError``.
    package static func text(_ value: SocketIOValue) throws(SocketIOValueError) -> [UInt8] {
        var written = try WrittenArguments(name: nil, [], headroom: 0)
        written.packet = []
        try written.write(value, depth: 0)
        guard written.attachments.count == 0 else { throw .bytesInConnect }
        return written.packet
    }

    /// Calls `body` with the free bytes and the payload, and with the attachments. The bytes are valid until it
    /// returns.
    package mutating func withParts<Result>(
        _ body: (
            _ packet: UnsafeMutableRawBufferPointer, _ attachments: UnsafeBufferPointer<UnsafeRawBufferPointer>
        ) -> Result
    ) -> Result {
        self.attachments.withParts { attachments in
            self.packet.withUnsafeMutableBytes { body($0, attachments) }
        }
    }

    private mutating func write(_ value: SocketIOValue, depth: Int) throws(SocketIOValueError) {
        switch value {
        case .null: self.text("null")
        case .bool(let bool): self.text(bool ? "true" : "false")
        case .integer(let integer): self.packet += String(integer).utf8
        case .double(let double):
            guard double.isFinite else { throw .notFinite }
            self.packet += double.plainText.utf8
        case .string(let string): self.write(string)
        case .bytes(let bytes):
            // Other implementations search for exactly this text.
            self.text("{\"_placeholder\":true,\"num\":")
            self.packet += String(self.attachments.count).utf8
            self.byte("}")
            self.attachments.append(bytes)
        case .array(let elements):
            guard depth < SocketIOValue.maximumDepth else { throw .tooDeep }
            self.byte("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { self.byte(",") }
                try self.write(element, depth: depth + 1)
            }
            self.byte("]")
        case .object(let members):
            guard depth < SocketIOValue.maximumDepth else { throw .tooDeep }
            self.byte("{")
            for (index, member) in members.enumerated() {
                if index > 0 { self.byte(",") }
                self.write(member.key)
                self.byte(":")
                if member.key == "_placeholder", member.value == .bool(true) { self.hasPlaceholder = true }
                try self.write(member.value, depth: depth + 1)
            }
            self.byte("}")
        }
    }

    /// A string. U+001E is escaped as every control, so that polling can carry it.
    private mutating func write(_ string: String) {
        self.byte("\"")
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): self.text("\\\"")
            case UInt8(ascii: "\\"): self.text("\\\\")
            case 0x0A: self.text("\\n")
            case 0x00..<0x20:
                self.text(byte < 0x10 ? "\\u000" : "\\u001")
                self.packet += String(byte & 0x0F, radix: 16).utf8
            default: self.packet.append(byte)
            }
        }
        self.byte("\"")
    }

    private mutating func text(_ text: StaticString) {
        self.packet.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func byte(_ character: Unicode.Scalar) {
        self.packet.append(UInt8(truncatingIfNeeded: character.value))
    }
}
