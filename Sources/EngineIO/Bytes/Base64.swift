import NIOCore

/// Base64 with the standard alphabet and padding, as Engine.IO's payloads carry binary data (RFC 4648, section 4).
public enum Base64 {
    public static func encodedLength(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// 0…63 for a letter of the alphabet, 64 for white space that is skipped, 255 for anything else.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
        // One Java client breaks its base64 into lines of 76 characters.
        table[0x0A] = 64
        table[0x0D] = 64
        return table
    }()

    /// Appends the base64 of `bytes` to `out`.
    public static func encode(_ bytes: UnsafeRawBufferPointer, into out: inout ByteBuffer) {
        let length = self.encodedLength(bytes.count)
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
            self.alphabet.withUnsafeBufferPointer { alphabet in
                var write = 0
                var read = 0
                while read + 3 <= bytes.count {
                    let group = UInt32(bytes[read]) << 16 | UInt32(bytes[read + 1]) << 8 | UInt32(bytes[read + 2])
                    target[write] = alphabet[Int(group >> 18)]
                    target[write + 1] = alphabet[Int(group >> 12 & 63)]
                    target[write + 2] = alphabet[Int(group >> 6 & 63)]
                    target[write + 3] = alphabet[Int(group & 63)]
                    read += 3
                    write += 4
                }
                let rest = bytes.count - read
                if rest > 0 {
                    let second = rest == 2 ? UInt32(bytes[read + 1]) : 0
                    let group = UInt32(bytes[read]) << 16 | second << 8
                    target[write] = alphabet[Int(group >> 18)]
                    target[write + 1] = alphabet[Int(group >> 12 & 63)]
                    target[write + 2] = rest == 2 ? alphabet[Int(group >> 6 & 63)] : 0x3D
                    target[write + 3] = 0x3D
                }
            }
            return length
        }
    }

    /// The bytes that `text` encodes, or nil if it is not valid base64: a foreign character, a length that is not a
    /// multiple of four, padding in the middle. Line breaks are skipped.
    public static func decode(_ text: UnsafeRawBufferPointer, allocator: ByteBufferAllocator = .init()) -> ByteBuffer? {
        var out = allocator.buffer(capacity: text.count / 4 * 3 + 3)
        var isValid = false
        out.writeWithUnsafeMutableBytes(minimumWritableBytes: text.count / 4 * 3 + 3) { target in
            let count = self.values.withUnsafeBufferPointer { self.decode(text, $0, into: target) }
            isValid = count != nil
            return count ?? 0
        }
        return isValid ? out : nil
    }

    /// Returns how many bytes it has written, or nil where `text` is not base64.
    private static func decode(
        _ text: UnsafeRawBufferPointer, _ values: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableRawBufferPointer
    ) -> Int? {
        var written = 0
        func write(_ group: UInt32, _ count: Int) {
            out[written] = UInt8(truncatingIfNeeded: group >> 16)
            if count > 1 { out[written + 1] = UInt8(truncatingIfNeeded: group >> 8) }
            if count > 2 { out[written + 2] = UInt8(truncatingIfNeeded: group) }
            written += count
        }
        var read = 0
        var group: UInt32 = 0
        var letters = 0
        var padding = 0
        while read < text.count {
            // Nearly all of it is groups of four letters.
            if letters == 0, padding == 0, read + 4 <= text.count {
                let (a, b) = (UInt32(values[Int(text[read])]), UInt32(values[Int(text[read + 1])]))
                let (c, d) = (UInt32(values[Int(text[read + 2])]), UInt32(values[Int(text[read + 3])]))
                if (a | b | c | d) < 64 {
                    write(a << 18 | b << 12 | c << 6 | d, 3)
                    read += 4
                    continue
                }
            }
            let byte = text[read]
            read += 1
            let value = values[Int(byte)]
            if value == 64 { continue }
            if byte == 0x3D {
                padding += 1
                continue
            }
            if value == 255 || padding > 0 { return nil }
            group = group << 6 | UInt32(value)
            letters += 1
            if letters == 4 {
                write(group, 3)
                group = 0
                letters = 0
            }
        }
        switch (letters, padding) {
        case (0, 0): break
        case (2, 2): write(group << 12, 1)
        case (3, 1): write(group << 6, 2)
        default: return nil
        }
        return written
    }
}
