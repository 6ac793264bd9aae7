import EpollLoop
import Glibc
import NIOSSL

/// The certificates in a file that the user has named.
struct AuthoritiesFile {
    /// A problem with a file, in words.
    struct Problem: Error {
        var reason: String
    }

    let certificates: [NIOSSLCertificate]

    /// A system's whole bundle of authorities has a quarter of a megabyte.
    private static let sizeLimit = 16 << 20

    init(path: String) throws(Problem) {
        try self.init(Self.read(path))
    }

    /// - Parameter bytes: certificates in PEM form; text and keys between them do not matter.
    init(_ bytes: [UInt8]) throws(Problem) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        if text.isEmpty { throw Problem(reason: "it is empty") }
        guard Self.hasCertificate(text) else { throw Problem(reason: Self.reasonWithoutCertificate(text)) }
        do {
            self.certificates = try NIOSSLCertificate.fromPEMBytes(text)
        } catch {
            throw Problem(reason: "a certificate in it is damaged")
        }
    }

    private static func hasCertificate(_ text: [UInt8]) -> Bool {
        let start = Array("-----BEGIN ".utf8)
        let end = Array("CERTIFICATE-----".utf8)
        for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.starts(with: start) {
            if line.dropFirst(start.count).prefix(64).split(separator: 0x20).last?.starts(with: end) == true {
                return true
            }
        }
        return false
    }

    private static func reasonWithoutCertificate(_ text: [UInt8]) -> String {
        // A sequence with a length of two bytes, as every certificate in DER begins.
        if text.starts(with: [0x30, 0x82]) {
            return "it is in DER form; `openssl x509 -inform der -in FILE -out FILE.pem` makes PEM of it"
        }
        if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) {
            return "it is UTF-16 text; PEM is ASCII"
        }
        return "it has no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
    }

    private static func read(_ path: String) throws(Problem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem(reason: systemErrorText(errno)) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= Self.sizeLimit {
            var error: CInt = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
                let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                error = result < 0 ? errno : 0
                count = max(0, result)
            }
            if error != 0, error != EINTR { throw Problem(reason: systemErrorText(error)) }
            if error == 0, chunk.isEmpty { return bytes }
            bytes += chunk
        }
        throw Problem(reason: "it is larger than \(Self.sizeLimit >> 20) MiB")
    }
}
