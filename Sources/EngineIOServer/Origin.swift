/// Scheme, host and port.
package struct Origin: Hashable {
    package var scheme: String
    package var host: String
    package var port: Int

    /// - Parameter text: `scheme://host` or `scheme://host:port`, and nothing behind it.
    package init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon].lowercased()
        guard let defaultPort = ["http": 80, "https": 443][scheme],
            let host = HostHeader(String(text[text.index(colon, offsetBy: 3)...]))
        else { return nil }
        (self.scheme, self.host, self.port) = (scheme, host.name, host.port ?? defaultPort)
    }

    /// Whether a page of this origin that asks for `host` asks its own server. A proxy may have taken TLS away.
    package func isSame(as host: HostHeader) -> Bool {
        self.host == host.name && self.port == host.port ?? (self.scheme == "https" ? 443 : 80)
    }
}
