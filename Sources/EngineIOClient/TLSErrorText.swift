import NIOSSL

/// The errors of the TLS library, in words. Its own texts are names of its constants, with the names of source files.
enum TLSErrorText {
    static func isTLS(_ error: any Error) -> Bool {
        error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError || error is CertificateProblem
    }

    static func isRefusedCertificate(_ error: any Error) -> Bool {
        guard case NIOSSLError.handshakeFailed(let cause)? = error as? NIOSSLError else { return false }
        return Self.reasons(of: cause).contains("CERTIFICATE_VERIFY_FAILED")
    }

    static func of(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause), .shutdownFailed(let cause): Self.of(cause)
        case .uncleanShutdown: "the connection was closed"
        case .writeDuringTLSShutdown, .readInInvalidTLSState: "the connection is being closed"
        case .noCertificateToValidate, .unableToValidateCertificate: "the server has shown no certificate"
        case .cannotFindPeerIP: "the connection was closed"
        default: "the certificate cannot be used"
        }
    }

    static func of(_ error: NIOSSLExtraError) -> String {
        switch error {
        case .failedToValidateHostname: "the certificate is for another host"
        case .serverHostnameImpossibleToMatch: "the host's name has characters that no certificate can have"
        case .invalidSNIHostname: "the host's name is longer than 255 bytes"
        default: "the TLS connection cannot go on"
        }
    }

    static func of(_ error: BoringSSLError) -> String {
        if case .syscallError = error { return "the connection was closed" }
        if case .zeroReturn = error { return "the connection was closed" }
        return Self.text(for: Self.reasons(of: error))
    }

    /// - Parameter reasons: the names that the library gives.
    static func text(for reasons: [String]) -> String {
        // The first is what happened; those behind it come from the layers above.
        for reason in reasons {
            if let text = Self.texts[reason] { return text }
        }
        guard let first = reasons.first else { return "the server does not keep to the TLS protocol" }
        for prefix in ["SSLV3_ALERT_", "TLSV1_ALERT_"] where first.hasPrefix(prefix) {
            return "the server ended it: \(Self.words(first.dropFirst(prefix.count)))"
        }
        return "the server does not keep to the TLS protocol: \(Self.words(first[...]))"
    }

    /// The names of the library's reasons, from texts such as
    /// `Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at /path/file.cc:231`.
    private static func reasons(of error: BoringSSLError) -> [String] {
        let stack: NIOBoringSSLErrorStack
        switch error {
        case .sslError(let errors), .unknownError(let errors), .invalidSNIName(let errors),
            .failedToSetALPN(let errors):
            stack = errors
        default:
            return []
        }
        return stack.map { $0 == .eofDuringHandshake ? self.endOfFile : self.reason(in: $0.description) }
            .filter { !$0.isEmpty }
    }

    /// - Parameter text: of one error of the library's.
    /// - Returns: `WRONG_VERSION_NUMBER`, or nothing where there is no such name.
    static func reason(in text: String) -> String {
        let isPart = { (byte: UInt8) in
            (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
        }
        // The part in front of " at " and the file's name.
        for part in text.utf8.split(separator: UInt8(ascii: ":")) {
            let name = part.prefix(while: isPart)
            if !name.isEmpty, text[name.endIndex...].utf8.starts(with: " at ".utf8) { return String(Substring(name)) }
        }
        return ""
    }

    private static func words(_ reason: Substring) -> String {
        reason.lowercased().split(separator: "_").joined(separator: " ")
    }

    private static let endOfFile = "EOF"
    private static let noTLS = "the server does not speak TLS on this port"
    private static let oldVersion = "the server offers TLS 1.1 or older only; this client needs TLS 1.2 or 1.3"
    private static let nothingInCommon =
        "the server has no cipher or kind of key in common with this client (a key for RSA-PSS alone does not work), "
        + "or it demands a certificate of the client"
    private static let unknownKey = "the certificate's key is of a kind that does not work here, such as RSA-PSS"
    private static let clientCertificate = "the server demands a certificate of the client, which cannot be given"
    private static let damaged = "the data was damaged on its way"

    static let texts: [String: String] = [
        Self.endOfFile: "the server closed the connection in the middle of it",
        "CERTIFICATE_VERIFY_FAILED": "the certificate could not be verified",
        "WRONG_VERSION_NUMBER": Self.noTLS,
        "HTTP_REQUEST": Self.noTLS,
        "HTTPS_PROXY_REQUEST": Self.noTLS,
        "UNSUPPORTED_PROTOCOL": Self.oldVersion,
        "TLSV1_ALERT_PROTOCOL_VERSION": Self.oldVersion,
        "SSLV3_ALERT_HANDSHAKE_FAILURE": Self.nothingInCommon,
        "TLSV1_ALERT_INSUFFICIENT_SECURITY": Self.nothingInCommon,
        "NO_COMMON_SIGNATURE_ALGORITHMS": Self.nothingInCommon,
        "UNSUPPORTED_ALGORITHM": Self.unknownKey,
        "UNKNOWN_CERTIFICATE_TYPE": Self.unknownKey,
        "WRONG_CERTIFICATE_TYPE": Self.unknownKey,
        "WRONG_SIGNATURE_TYPE": Self.unknownKey,
        "BAD_ECC_CERT": Self.unknownKey,
        "BAD_SIGNATURE": "the server does not have the key of its certificate",
        "TLSV1_ALERT_CERTIFICATE_REQUIRED": Self.clientCertificate,
        "SSLV3_ALERT_NO_CERTIFICATE": Self.clientCertificate,
        "TLSV1_ALERT_UNRECOGNIZED_NAME": "the server has no certificate for this host name",
        "TLSV1_ALERT_INTERNAL_ERROR": "the server reports an error of its own",
        "TLSV1_ALERT_NO_APPLICATION_PROTOCOL": "the server does not speak HTTP/1.1 on this port",
        "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": Self.damaged,
        "SSLV3_ALERT_BAD_RECORD_MAC": Self.damaged,
        "BAD_DECRYPT": Self.damaged,
        "NO_RENEGOTIATION": "the server wants a second handshake, which is not supported",
    ]
}
