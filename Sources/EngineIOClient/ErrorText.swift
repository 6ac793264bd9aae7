import EngineIO
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The errors of the layers below, in words for a person.
enum ErrorText {
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            return String(cString: strerror(error.errnoCode))
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.inputClosed:
            return "the connection was closed"
        case ChannelError.connectTimeout(let amount):
            return "no answer within \(Self.seconds(amount))"
        case let error as HostLookupError:
            return error.reason
        case let error as NIOSSLError:
            return Self.of(tls: error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            return "the certificate is for another host"
        case is NIOHTTPDecompression.DecompressionError:
            return "the compressed body is larger than the limit or damaged"
        default:
            return "\(error)"
        }
    }

    private static func of(tls error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let cause):
            if Self.isRefusedCertificate(error) { return "the certificate could not be verified" }
            let text = "\(cause)"
            if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS on this port" }
            return "the TLS handshake failed: \(text)"
        case .uncleanShutdown:
            return "the connection was closed"
        default:
            return "\(error)"
        }
    }

    /// What ended a connection, for ``DisconnectDetail``.
    static func cause(of error: any Error) -> DisconnectDetail.Cause {
        switch error {
        case let error as IOError:
            return error.errnoCode == EPIPE ? .write : .reset
        case NIOSSLError.uncleanShutdown: return .eof
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: return .tls
        case is HTTPParserError, is NIOHTTPDecompression.DecompressionError: return .parse
        default: return .eof
        }
    }

    static func isRefusedCertificate(_ error: any Error) -> Bool {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED")
    }

    static func isTLS(_ error: any Error) -> Bool {
        error is NIOSSLError || error is BoringSSLError || error is NIOSSLExtraError
    }

    static func seconds(_ amount: TimeAmount) -> String {
        let milliseconds = amount.nanoseconds / 1_000_000
        if milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
        return "\(Double(milliseconds) / 1000) s"
    }
}
