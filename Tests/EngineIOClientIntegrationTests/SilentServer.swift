import Glibc
import TestSupport

/// A socket that accepts connections and sends nothing.
final class SilentServer: Sendable {
    struct CannotListen: Error {}

    private let descriptor: CInt
    let port: Int

    init() throws {
        self.descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else { throw CannotListen() }
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    func awaitConnection() async throws { _ = try await onOwnThread { accept(self.descriptor, nil, nil) } }

    func close() { _ = Glibc.close(self.descriptor) }
}
