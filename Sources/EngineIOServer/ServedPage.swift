import NIOCore

/// A page of HTML that a server sends to a browser.
package struct ServedPage: Sendable {
    package let html: String
    package let contentSecurityPolicy: String

    package init(html: String, contentSecurityPolicy: String) {
        self.html = html
        self.contentSecurityPolicy = contentSecurityPolicy
    }

    /// No other page may show it, and no browser keeps it.
    package var headers: [(String, String)] {
        [
            ("Content-Security-Policy", self.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ]
    }
}
