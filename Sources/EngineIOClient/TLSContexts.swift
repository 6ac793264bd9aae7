import Glibc
import NIOCore
import NIOSSL

/// TLS contexts by their settings. Making one reads the system's authorities, which takes longer than a handshake.
package final class TLSContexts {
    private struct Key: Hashable {
        var verifies: Bool
        var authoritiesFile: String?
    }

    private var contexts: [Key: TLSTrust] = [:]

    func trust(for configuration: ClientConfiguration) throws(ConnectionError) -> TLSTrust {
        let key = Key(verifies: configuration.verifiesCertificates, authoritiesFile: configuration.authoritiesFile)
        if let trust = self.contexts[key] { return trust }
        var tls = Self.configuration
        tls.certificateVerification = key.verifies ? .fullVerification : .none
        let file = key.authoritiesFile ?? "the system's authorities"
        do {
            let named = try key.authoritiesFile.map { try Self.trust($0, in: &tls) } ?? []
            let trust = TLSTrust(context: try NIOSSLContext(configuration: tls), named: named)
            self.contexts[key] = trust
            return trust
        } catch {
            let cause = (error as? AuthoritiesFile.Problem)?.reason ?? "no certificates can be read there"
            throw ConnectionError(.tls, "cannot read the certificates in \(file)", cause: cause)
        }
    }

    private static var configuration: TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        // RFC 8996 forbids those before it.
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // The library's own lists, with Ed25519 and P-521 added at their ends.
        tls.curves = [.x25519_MLKEM768, .x25519, .secp256r1, .secp384r1, .secp521r1]
        tls.verifySignatureAlgorithms = [
            .ecdsaSecp256R1Sha256, .rsaPssRsaeSha256, .rsaPkcs1Sha256, .ecdsaSecp384R1Sha384, .rsaPssRsaeSha384,
            .rsaPkcs1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha512, .rsaPkcs1Sha512, .ed25519, .rsaPkcs1Sha1,
        ]
        return tls
    }

    /// Trusts the authorities of a file instead of the system's.
    ///
    /// - Returns: all certificates in it.
    private static func trust(_ file: String, in tls: inout TLSConfiguration) throws -> Set<[UInt8]> {
        if Self.isFolder(file) {
            tls.trustRoots = .file(file)
            return []
        }
        let certificates = try AuthoritiesFile(path: file).certificates
        let named = try certificates.map { try $0.toDERBytes() }
        // A certificate that says that it is not an authority's is trusted for itself, and vouches for no other.
        tls.trustRoots = .certificates(
            zip(certificates, named).filter { CertificateFields(der: $1)?.isAuthority != false }.map(\.0))
        return Set(named)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
