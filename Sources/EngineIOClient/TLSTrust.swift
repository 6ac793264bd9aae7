import NIOSSL

/// The TLS settings of a connection.
struct TLSTrust {
    var context: NIOSSLContext
    /// The certificates of the user's file, in DER form.
    var named: Set<[UInt8]> = []
}
