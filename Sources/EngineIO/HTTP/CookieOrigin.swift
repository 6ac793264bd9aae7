/// Where a cookie comes from, or where a request goes.
package struct CookieOrigin: Sendable {
    let isSecure: Bool
    let host: String
    let path: String

    /// - Parameter path: the path of the request, without its query.
    package init(_ url: ServerURL, path: String) {
        self.isSecure = url.isSecure
        self.host = url.host
        self.path = path
    }

    /// Addresses have no domains above them.
    var isAddress: Bool {
        self.host.utf8.contains(UInt8(ascii: ":"))
            || self.host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
