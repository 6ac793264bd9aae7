import ProcessSupport

/// An address to listen at: `HOST:PORT`, or `:PORT` for loopback.
package struct ListenAddress: Sendable, Equatable {
    package var host: String
    package var port: Int

    package init(parsing text: String) throws(UsageError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw UsageError("it must be [HOST]:PORT, such as :9100 or 0.0.0.0:9100, with a port from 0 to 65535")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw UsageError("an IPv6 address must be in brackets, such as [::1]:9100")
        }
        self.host = host.isEmpty ? "127.0.0.1" : String(host)
        self.port = Int(port)
    }
}
