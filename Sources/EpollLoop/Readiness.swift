import CEpoll
import Glibc

/// The events that a socket is ready for, or is to be watched for: the bits of epoll(7).
struct Readiness: OptionSet {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    private init(_ events: EPOLL_EVENTS) { self.rawValue = events.rawValue }

    static let readable = Self(EPOLLIN)
    static let writable = Self(EPOLLOUT)
    static let peerClosed = Self(EPOLLRDHUP)
    /// Always watched for.
    static let failed = Self(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
}
