/// A websocket frame as a server writes it (RFC 6455, section 5.2).
struct ServerFrame {
    enum LengthForm {
        case short, medium, long
    }

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true

    static func close(_ code: UInt16, _ reason: String = "") -> ServerFrame {
        ServerFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var bytes: [UInt8] {
        Self.header(opcode: self.opcode, length: UInt64(self.payload.count), isFinal: self.isFinal) + self.payload
    }

    /// - Parameter form: nil for the shortest that holds the length, the only one that is allowed.
    static func header(
        opcode: UInt8, length: UInt64, isFinal: Bool = true, mask: [UInt8]? = nil, form: LengthForm? = nil
    ) -> [UInt8] {
        let maskBit: UInt8 = mask == nil ? 0 : 0x80
        var bytes = [(isFinal ? 0x80 : 0) | opcode]
        switch form ?? (length < 126 ? .short : length < 65_536 ? .medium : .long) {
        case .short: bytes.append(maskBit | UInt8(length))
        case .medium: bytes += [maskBit | 126] + (0..<2).map { UInt8(truncatingIfNeeded: length >> (8 - 8 * $0)) }
        case .long: bytes += [maskBit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        }
        return bytes + (mask ?? [])
    }

    /// Byte by byte, as section 5.3 has it. `offset` is how much of the payload stands before `bytes`.
    static func masked(_ bytes: [UInt8], _ mask: [UInt8], offset: Int = 0) -> [UInt8] {
        bytes.enumerated().map { $1 ^ mask[($0 + offset) % 4] }
    }
}

/// A client's frame as a server reads it: whole frames only, straight from the RFC's picture of a frame.
struct ClientFrame: Equatable {
    var first: UInt8
    var mask: [UInt8]?
    var payload: [UInt8]

    init(first: UInt8, mask: [UInt8]?, payload: [UInt8]) {
        self.first = first
        self.mask = mask
        self.payload = payload
    }

    /// Takes a frame from the front of `bytes`.
    init(readFrom bytes: inout ArraySlice<UInt8>) throws {
        self.first = try Self.take(1, &bytes)[0]
        let second = try Self.take(1, &bytes)[0]
        var length = Int(second & 0x7F)
        if length >= 126 {
            length = try Self.take(length == 126 ? 2 : 8, &bytes).reduce(0) { $0 << 8 | Int($1) }
        }
        self.mask = second & 0x80 == 0 ? nil : try Self.take(4, &bytes)
        self.payload = ServerFrame.masked(try Self.take(length, &bytes), self.mask ?? [0, 0, 0, 0])
    }

    struct Truncated: Error {}

    private static func take(_ count: Int, _ bytes: inout ArraySlice<UInt8>) throws -> [UInt8] {
        guard bytes.count >= count else { throw Truncated() }
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }
}
