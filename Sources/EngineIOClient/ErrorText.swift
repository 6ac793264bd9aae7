import EngineIO
import EpollLoop
import Glibc
import NIOCore
import NIOSSL

/// The errors of the layers below, in words for a person.
package enum ErrorText {
    /// The error in words.
    package static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError:
            return systemErrorText(error.errnoCode)
        case ChannelError.eof, ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.inputClosed:
            return "the connection was closed"
        case ChannelError.connectTimeout(let amount):
            return "no answer within \(Self.seconds(amount))"
        case let error as HostLookupError:
            return error.reason
        case let error as CertificateProblem:
            return error.reason
        case let error as NIOSSLError:
            return TLSErrorText.of(error)
        case let error as NIOSSLExtraError:
            return TLSErrorText.of(error)
        case let error as BoringSSLError:
            return TLSErrorText.of(error)
        case is NIOSSLCloseTimedOutError, is NIOTLSUnwrappingError:
            return "the connection was closed"
        default:
            return "\(error)"
        }
    }

    /// The cause of the end of a connection, for ``DisconnectDetail``.
    static func cause(of error: any Error) -> DisconnectDetail.Cause {
        switch error {
        case let error as IOError:
            return error.errnoCode == EPIPE ? .write : .reset
        case NIOSSLError.uncleanShutdown: return .eof
        case _ where TLSErrorText.isTLS(error): return .tls
        default: return .eof
        }
    }

    static func isTLS(_ error: any Error) -> Bool { TLSErrorText.isTLS(error) }

    /// A time in seconds, such as `0.5 s`.
    package static func seconds(_ amount: TimeAmount) -> String {
        let milliseconds = amount.nanoseconds / 1_000_000
        if milliseconds % 1000 == 0 { return "\(milliseconds / 1000) s" }
        return "\(Double(milliseconds) / 1000) s"
    }
}
