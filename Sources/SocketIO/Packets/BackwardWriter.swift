import Glibc

/// Fills memory from its end to its beginning. The caller has made sure that there is enough of it.
struct BackwardWriter {
    private let room: UnsafeMutableRawBufferPointer
    private var position: Int

    init(_ room: UnsafeMutableRawBufferPointer) {
        self.room = room
        self.position = room.count
    }

    /// The number of bytes that were written.
    var count: Int { self.room.count - self.position }

    mutating func byte(_ byte: UInt8) {
        self.position -= 1
        self.room[self.position] = byte
    }

    mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        self.position -= bytes.count
        if let source = bytes.baseAddress, let target = self.room.baseAddress {
            memcpy(target + self.position, source, bytes.count)
        }
    }

    /// A decimal number.
    mutating func digits(_ number: UInt64) {
        guard let end = self.room.baseAddress?.advanced(by: self.position) else { return }
        self.position -= DecimalDigits.write(number, before: end)
    }

    // MARK: MessagePack

    /// A string of less than 32 bytes.
    mutating func messagePackKey(_ text: StaticString) {
        self.bytes(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        self.byte(0xA0 | UInt8(truncatingIfNeeded: text.utf8CodeUnitCount))
    }

    mutating func messagePackString(_ bytes: UnsafeRawBufferPointer) {
        self.bytes(bytes)
        switch bytes.count {
        case ..<32: self.byte(0xA0 | UInt8(truncatingIfNeeded: bytes.count))
        case ..<0x100: self.head(0xD9, UInt64(bytes.count), size: 1)
        case ..<0x1_0000: self.head(0xDA, UInt64(bytes.count), size: 2)
        default: self.head(0xDB, UInt64(bytes.count), size: 4)
        }
    }

    /// The smallest form of the number.
    mutating func messagePackInteger(_ number: UInt64) {
        switch number {
        case ..<0x80: self.byte(UInt8(truncatingIfNeeded: number))
        case ..<0x100: self.head(0xCC, number, size: 1)
        case ..<0x1_0000: self.head(0xCD, number, size: 2)
        case ..<0x1_0000_0000: self.head(0xCE, number, size: 4)
        default: self.head(0xCF, number, size: 8)
        }
    }

    private mutating func head(_ type: UInt8, _ number: UInt64, size: Int) {
        for shift in 0..<size { self.byte(UInt8(truncatingIfNeeded: number >> UInt64(shift * 8))) }
        self.byte(type)
    }
}
