/// The page of the embedded server: a client for browsers that needs nothing but the server.
package enum ServerPage {
    /// The page for one request, and its policy, which allows the page's own script and nothing else.
    ///
    /// - Parameters:
    ///   - isSocketIO: whether the server speaks Socket.IO.
    ///   - path: the path of the server, without characters that HTML escapes.
    ///   - nonce: another random text for each request, of letters and digits.
    package static func make(
        isSocketIO: Bool, path: String, nonce: String
    ) -> (html: String, contentSecurityPolicy: String) {
        let scripts = [
            PackageResources.engineio_js, PackageResources.socketio_js, PackageResources.log_js,
            PackageResources.page_js,
        ]
        let values = [
            "nonce": nonce, "path": path,
            "protocol": isSocketIO ? "socketio" : "engineio",
            "title": isSocketIO ? "Socket.IO" : "Engine.IO",
            "style": self.text(PackageResources.page_css),
            "script": "\"use strict\";\n" + scripts.map(self.text).joined(separator: "\n"),
        ]
        let html = self.filled(self.text(PackageResources.page_html), values)
        let policy = [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'nonce-\(nonce)'", "connect-src 'self'",
            "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ]
        return (html, policy.joined(separator: "; "))
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Replaces each `%name%`. Values are not searched for further ones.
    private static func filled(_ template: String, _ values: [String: String]) -> String {
        let parts = template.split(separator: Character("%"), omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            index.isMultiple(of: 2) ? String(part) : values[String(part)]!
        }.joined()
    }
}
