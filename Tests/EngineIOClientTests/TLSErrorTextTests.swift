import NIOSSL
import Testing

@testable import EngineIOClient

/// The TLS library's errors become words, without its names and its files.
struct TLSErrorTextTests {
    private static func hasInternals(_ text: String) -> Bool {
        let isUpper = { (byte: UInt8) in (0x41...0x5A).contains(byte) }
        let pairs = zip(text.utf8, text.utf8.dropFirst())
        return pairs.contains { ($0 == UInt8(ascii: "_") && isUpper($1)) || (isUpper($0) && $1 == UInt8(ascii: "_")) }
            || ["NIO", "Boring", ".cc", "OPENSSL", "0x"].contains { text.contains($0) }
    }

    @Test(arguments: [
        (
            "Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER at /a/B_C.cc:231",
            "WRONG_VERSION_NUMBER"
        ),
        ("Error: 1 error:1000009f:SSL routines:OPENSSL_internal:LENGTH_MISMATCH at x:1", "LENGTH_MISMATCH"),
        (
            "Error: 1 error:10000410:SSL routines:OPENSSL_internal:SSLV3_ALERT_HANDSHAKE_FAILURE at ssl/D E.cc:1",
            "SSLV3_ALERT_HANDSHAKE_FAILURE"
        ),
        ("Error: 1 error:1000007d:SSL routines:OPENSSL_internal:reason(125) at x:1", ""),
        ("Error:  EOF during handshake", ""),
        ("", ""),
        (": at ", ""),
        ("A at ", "A"),
    ])
    func reasonIsFoundInTheLibrarysText(text: String, reason: String) {
        #expect(TLSErrorText.reason(in: text) == reason)
    }

    @Test(arguments: [
        (["CERTIFICATE_VERIFY_FAILED"], "the certificate could not be verified"),
        (["WRONG_VERSION_NUMBER"], "the server does not speak TLS on this port"),
        (["HTTP_REQUEST"], "the server does not speak TLS on this port"),
        (["TLSV1_ALERT_PROTOCOL_VERSION"], "the server offers TLS 1.1 or older only; this client needs TLS 1.2 or 1.3"),
        (["TLSV1_ALERT_DECODE_ERROR"], "the server ended it: decode error"),
        (["SSLV3_ALERT_ILLEGAL_PARAMETER"], "the server ended it: illegal parameter"),
        (["EXCESSIVE_MESSAGE_SIZE"], "the server does not keep to the TLS protocol: excessive message size"),
        (["SOMETHING_NEW", "BAD_SIGNATURE"], "the server does not have the key of its certificate"),
        ([], "the server does not keep to the TLS protocol"),
    ])
    func reasonsBecomeWords(reasons: [String], text: String) {
        #expect(TLSErrorText.text(for: reasons) == text)
    }

    @Test func noTextHasInternals() {
        for reason in TLSErrorText.texts.keys {
            #expect(!Self.hasInternals(TLSErrorText.text(for: [reason])), "\(reason)")
        }
        #expect(Self.hasInternals("a CERTIFICATE_X"))
    }

    static let errors: [any Error] = [
        NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])),
        NIOSSLError.handshakeFailed(.sslError([.eofDuringAdditionalCertficiateChainValidation])),
        NIOSSLError.handshakeFailed(.syscallError), NIOSSLError.handshakeFailed(.zeroReturn),
        NIOSSLError.handshakeFailed(.unknownError([])), NIOSSLError.shutdownFailed(.sslError([])),
        NIOSSLError.uncleanShutdown, NIOSSLError.writeDuringTLSShutdown, NIOSSLError.readInInvalidTLSState,
        NIOSSLError.noCertificateToValidate, NIOSSLError.unableToValidateCertificate, NIOSSLError.cannotFindPeerIP,
        NIOSSLError.cannotMatchULabel, NIOSSLError.failedToLoadCertificate, NIOSSLError.noSuchFilesystemObject,
        NIOSSLExtraError.failedToValidateHostname, NIOSSLExtraError.serverHostnameImpossibleToMatch,
        NIOSSLExtraError.invalidSNIHostname, NIOSSLExtraError.cannotUseIPAddressInSNI,
        NIOSSLExtraError.unknownPrivateKeyFileType, BoringSSLError.noError, BoringSSLError.wantRead,
        BoringSSLError.invalidSNIName([.eofDuringHandshake]), BoringSSLError.failedToSetALPN([]),
        NIOTLSUnwrappingError.alreadyClosed,
    ]

    @Test(arguments: errors)
    func everyErrorOfTheLibraryIsPutInWords(error: any Error) {
        let text = ErrorText.of(error)
        #expect(!Self.hasInternals(text) && text.contains(" "), "\(text)")
        #expect(!text.contains("(") || text.contains("(a key"), "\(text)")
    }
}
