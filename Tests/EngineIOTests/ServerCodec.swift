import EngineIO
import NIOCore

/// The server's side of polling payloads, written without the codec under test: slow, and simple enough to be believed.
enum ServerCodec {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    /// The body of a poll's answer: packets that are encoded already.
    static func payload(_ packets: [String]) -> [UInt8] { Array(packets.joined(separator: "\u{1E}").utf8) }

    static func binaryPacket(_ data: [UInt8]) -> String { "b" + self.base64(data) }

    static func base64(_ data: [UInt8]) -> String {
        let bits = data.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        var text = ""
        for start in stride(from: 0, to: bits.count, by: 6) {
            let group = bits[start..<min(start + 6, bits.count)]
            let value = group.reduce(0) { $0 << 1 | Int($1) } << (6 - group.count)
            text.append(self.alphabet[value])
        }
        while text.count % 4 != 0 { text.append("=") }
        return text
    }

    /// The bytes that `text` stands for, or nil where it is not base64. Line breaks do not count.
    static func bytes(ofBase64 text: [UInt8]) -> [UInt8]? {
        let letters = text.filter { $0 != 0x0A && $0 != 0x0D }
        guard letters.count % 4 == 0 else { return nil }
        let padding = letters.suffix(2).reversed().prefix { $0 == 0x3D }.count
        var bits: [UInt8] = []
        for letter in letters.dropLast(padding) {
            guard let value = self.alphabet.firstIndex(of: Character(Unicode.Scalar(letter))) else { return nil }
            bits += (0..<6).map { UInt8(value >> (5 - $0) & 1) }
        }
        return stride(from: 0, to: bits.count - bits.count % 8, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | $1 }
        }
    }

    /// The packets of a client's POST, in their encoded form.
    static func packets(_ body: ByteBuffer) -> [String] {
        String(buffer: body).split(separator: "\u{1E}", omittingEmptySubsequences: false).map(String.init)
    }
}

/// A packet as the reader gave it, with bytes of its own.
enum ReadPacket: Equatable {
    case packet(PacketType, String)
    case binary([UInt8])
    case unknown(UInt8)

    static func message(_ text: String) -> ReadPacket { .packet(.message, text) }

    init(_ packet: ReceivedPacket) {
        self =
            switch packet {
            case .packet(let type, let data): .packet(type, String(decoding: data, as: UTF8.self))
            case .binary(let data): .binary(Array(data.readableBytesView))
            case .unknown(let digit): .unknown(digit)
            }
    }
}

/// A poll's answer as a client reads it: the packets up to the first error.
struct ReadPayload {
    var packets: [ReadPacket] = []
    var error: PacketError?

    init(_ body: [UInt8]) {
        body.withUnsafeBytes { bytes in
            var reader = PayloadReader(bytes)
            do throws(PacketError) {
                while let packet = try reader.next() { self.packets.append(ReadPacket(packet)) }
            } catch {
                self.error = error
            }
        }
    }

    init(_ packets: [String]) { self.init(ServerCodec.payload(packets)) }
}
