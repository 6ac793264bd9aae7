import Glibc
import NIOCore
import NIOSSL

/// Judges the certificates of one connection's server beyond what the library does, and finds the words for a refusal.
///
/// The library verifies the chain. In addition, a certificate in the user's file is trusted while its dates are right,
/// no matter who signed it, and a certificate that has its host only in its common name is refused. The library checks
/// the name itself after that.
final class PeerVerification {
    /// The certificates of the user's file, in DER form.
    private let named: Set<[UInt8]>
    /// The name of the option with that file.
    private let option: String
    /// The handler that has the server's own certificate. Its callbacks hold this object.
    weak var handler: NIOSSLClientHandler?
    private var isBegun = false
    private var isNamed = false
    private var leaf: NIOSSLCertificate?
    private(set) var problem: CertificateProblem?

    init(named: Set<[UInt8]>, option: String) {
        (self.named, self.option) = (named, option)
    }

    /// Called for each certificate of the chain, from the authority's down, and for each failure.
    func judge(
        _ result: NIOSSLVerificationResult, _ certificate: NIOSSLCertificate
    ) -> NIOSSLVerificationResult {
        if !self.isBegun { self.begin() }
        if self.problem != nil { return .failed }
        if result == .certificateVerified || self.isNamed { return .certificateVerified }
        self.problem = .chain(certificate, isLeaf: certificate == self.leaf, option: self.option, now: time(nil))
        return .failed
    }

    private func begin() {
        self.isBegun = true
        self.leaf = self.handler?.peerCertificate
        guard let leaf = self.leaf, let bytes = try? leaf.toDERBytes(), let fields = CertificateFields(der: bytes)
        else {
            self.problem = .unreadable
            return
        }
        if fields.hosts.isEmpty {
            self.problem = .nameInCommonNameOnly
        } else if self.named.contains(bytes) {
            self.isNamed = true
            self.problem = .time(leaf, "it", now: time(nil))
        }
    }

    /// Explains an error of the handshake; returns the error itself if the certificate is not its cause.
    func explain(_ error: any Error) -> any Error {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            let bytes = try? self.leaf?.toDERBytes()
            return CertificateProblem.anotherHost(bytes.flatMap { CertificateFields(der: $0)?.hosts } ?? [])
        }
        if TLSErrorText.isRefusedCertificate(error), let problem = self.problem { return problem }
        return error
    }
}

extension NIOSSLClientHandler {
    /// A client's handler with the library's verification and `verification` on top of it.
    static func verifying(
        _ context: NIOSSLContext, serverName: String?, _ verification: PeerVerification
    ) throws -> NIOSSLClientHandler {
        let factory: any VerifyingHandlerFactory.Type = VerifyingHandler.self
        let handler = try factory.make(context, serverName: serverName) { verification.judge($0, $1) }
        verification.handler = handler
        return handler
    }
}

/// The library marks this way of verifying as deprecated because it is difficult to use, and has no other that adds to
/// its own verification of a chain instead of replacing it. Called through a protocol, it raises no warning.
private protocol VerifyingHandlerFactory {
    static func make(
        _ context: NIOSSLContext, serverName: String?, _ callback: @escaping NIOSSLVerificationCallback
    ) throws -> NIOSSLClientHandler
}

private enum VerifyingHandler: VerifyingHandlerFactory {
    @available(*, deprecated)
    static func make(
        _ context: NIOSSLContext, serverName: String?, _ callback: @escaping NIOSSLVerificationCallback
    ) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: serverName, verificationCallback: callback)
    }
}
