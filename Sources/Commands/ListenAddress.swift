import ArgumentParser

/// An address to listen at: `HOST:PORT`, or `:PORT` for loopback.
struct ListenAddress: Sendable, Equatable {
    var host: String
    var port: Int

    init(parsing text: String) throws(ValidationError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ValidationError("it must be [HOST]:PORT, such as :9100 or 0.0.0.0:9100, with a port from 0 to 65535")
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw ValidationError("an IPv6 address stands in brackets, such as [::1]:9100")
        }
        self.host = host.isEmpty ? "127.0.0.1" : String(host)
        self.port = Int(port)
    }
}
