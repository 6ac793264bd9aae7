import NIOCore
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// TLS contexts by their settings. Making one reads the system's authorities, which takes longer than a handshake.
package final class TLSContexts {
    private struct Key: Hashable {
        var verifies: Bool
        var authoritiesFile: String?
    }

    private var contexts: [Key: NIOSSLContext] = [:]

    func context(for configuration: ClientConfiguration) throws(ConnectionError) -> NIOSSLContext {
        let key = Key(verifies: configuration.verifiesCertificates, authoritiesFile: configuration.authoritiesFile)
        if let context = self.contexts[key] { return context }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = key.verifies ? .fullVerification : .none
        tls.applicationProtocols = ["http/1.1"]
        if let file = key.authoritiesFile { tls.trustRoots = .file(file) }
        do {
            let context = try NIOSSLContext(configuration: tls)
            self.contexts[key] = context
            return context
        } catch {
            let file = key.authoritiesFile ?? "the system's authorities"
            let cause = key.authoritiesFile.map(Self.problem) ?? "\(error)"
            throw ConnectionError(.tls, "cannot read the certificates in \(file)", cause: cause)
        }
    }

    /// Why a file of authorities was refused: the library's own errors are for its programmers.
    private static func problem(with file: String) -> String {
        if access(file, R_OK) != 0 { return String(cString: strerror(errno)) }
        return "it has no certificates in PEM form, or damaged ones"
    }
}
