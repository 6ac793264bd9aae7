import NIOCore

/// A time that copies of a connector share.
final class ConnectionClock {
    var time = NIODeadline.uptimeNanoseconds(0)
}
