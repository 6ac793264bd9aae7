import EngineIO
import EpollLoop
import Glibc
import NIOCore
import NIOPosix

extension ConnectionError {
    /// The server took longer than `timeout` over what `phase` waits for.
    init(timeout: TimeAmount, in phase: Phase, to url: ServerURL) {
        let limit = ErrorText.seconds(timeout)
        switch phase {
        case .dns: self.init(phase, "cannot find the host \"\(url.host)\"", cause: "no answer within \(limit)")
        case .tcp: self.init(phase, "cannot connect to \(url.hostHeader)", cause: "no answer within \(limit)")
        case .tls: self.init(phase, "the TLS handshake failed", cause: "it took longer than \(limit)")
        default: self.init(phase, "no answer from the server", cause: "it took longer than \(limit)")
        }
    }

    /// The connection was there, and was lost before anything was read from it.
    init(lostBeforeAnswerOf url: ServerURL, cause: String) {
        self.init(url.isSecure ? .tls : .http, "the connection was lost", cause: cause)
    }

    /// The error of a loop that could not open a connection, in words.
    init(connecting error: any Error, to url: ServerURL) {
        let attempts =
            switch error {
            case let error as NIOConnectionError: error.connectionErrors.map(\.error)
            case let error as ConnectionRaceError: error.attempts
            default: [error]
            }
        if let reset = attempts.first(where: Self.isReset) {
            self.init(lostBeforeAnswerOf: url, cause: ErrorText.of(reset))
            return
        }
        if error is HostLookupError {
            self.init(.dns, "cannot find the host \"\(url.host)\"", cause: ErrorText.of(error))
        } else if let first = attempts.first {
            self.init(.tcp, "cannot connect to \(url.hostHeader)", cause: ErrorText.of(first))
        } else {
            self.init(.dns, "the host \"\(url.host)\" has no address")
        }
    }

    /// A connection that is being opened is refused, never reset: a reset one had been opened, and the server dropped
    /// it before this side noticed (RFC 9293, section 3.10.7.3).
    private static func isReset(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
    }
}
