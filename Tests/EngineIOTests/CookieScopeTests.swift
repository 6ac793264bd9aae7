import Testing

@testable import EngineIO

/// The requests that get a cookie: its path, its domain, `Secure`.
struct CookieScopeTests: CookieTesting {
    // MARK: - Paths

    @Test(arguments: [
        // Cookies that are set for a request to /engine.io/, and the paths that get them.
        ("", "/engine.io", true), ("", "/engine.io/x", true), ("", "/engine.iox", false), ("", "/", false),
        ("Path=/", "/", true), ("Path=/", "/x/y", true), ("Path=", "/engine.io", true), ("Path=x", "/engine.io", true),
        ("Path=x", "/x", false), ("Path=/x", "/x", true), ("Path=/x", "/x/", true), ("Path=/x", "/xy", false),
        ("Path=/x/", "/x", false), ("Path=/x/", "/x/y", true), ("Path=/x", "/X", false), ("PATH=/x", "/x", true),
        ("Path=/x; Path=/y", "/y", true), ("Path=/x; Path=/y", "/x", false), ("Path=/x; Path=", "/engine.io", true),
        ("Path=/é", "/é/x", true), ("Path=/e", "/e\u{301}", false), ("Path=/x", "/x/\u{301}", true),
        (" pAtH\t=\t/x ", "/x/y", true), ("Path=/x=y", "/x=y/z", true), ("Path=/x?", "/x", false),
        ("Path=/engine.io/", "/engine.io", false), ("Path=\"/\"", "/", false), ("Path=/x/..", "/", false),
        ("Path=//", "/x", false), ("Path=/é", "/e\u{301}/x", false), ("Path=/\u{301}", "/\u{301}/x", true),
    ])
    func paths(attribute: String, path: String, isSent: Bool) throws {
        #expect(try self.sent(["a=1; \(attribute)"], toPath: path) == (isSent ? "a=1" : nil))
    }

    @Test(arguments: [
        ("/engine.io/", "/engine.io"), ("/engine.io", "/"), ("/", "/"), ("", "/"), ("x", "/"), ("/a/b/c", "/a/b"),
        ("//", "/"),
    ])
    func defaultPaths(path: String, directory: String) throws {
        let origin = try Self.origin("http://h", path: path)
        #expect(try Cookie(setCookie: Array("a=1".utf8), from: origin, now: 0).path == directory)
    }

    // MARK: - Domains

    @Test(arguments: [
        // The attribute, the host that sets it, the host of the request.
        ("", "www.example.com", "www.example.com", true), ("", "www.example.com", "example.com", false),
        ("", "example.com", "www.example.com", false), ("Domain=", "example.com", "www.example.com", false),
        ("Domain=.", "example.com", "www.example.com", false),
        ("Domain=example.com", "www.example.com", "www.example.com", true),
        ("Domain=example.com", "www.example.com", "example.com", true),
        ("Domain=example.com", "example.com", "a.b.example.com", true),
        ("Domain=.example.com", "www.example.com", "x.example.com", true),
        ("domain=.EXAMPLE.com", "www.example.com", "x.Example.COM", true),
        ("Domain=example.com", "www.example.com", "anexample.com", false),
        ("Domain=example.com", "www.example.com", "example.com.evil.org", false),
        ("Domain=www.example.com", "example.com", "www.example.com", false),
        ("Domain=www.example.com", "example.com", "example.com", false),
        ("Domain=other.org", "www.example.com", "other.org", false),
        ("Domain=ample.com", "www.example.com", "www.example.com", false),
        ("Domain=..example.com", "www.example.com", "www.example.com", false),
        ("Domain=example.com.", "www.example.com", "www.example.com", false),
        ("Domain=com", "www.example.com", "www.example.com", false),
        ("Domain=.com", "www.example.com", "example.com", false),
        ("Domain=localhost", "localhost", "localhost", true), ("Domain=localhost", "localhost", "a.localhost", false),
        ("Domain=localhost", "a.localhost", "a.localhost", false),
        ("Domain=127.0.0.1", "127.0.0.1", "127.0.0.1", true), ("Domain=127.0.0.1", "127.0.0.1", "1.127.0.0.1", false),
        ("Domain=0.0.1", "127.0.0.1", "127.0.0.1", false), ("Domain=.0.1", "127.0.0.1", "10.0.0.1", false),
        ("", "127.0.0.1", "127.0.0.2", false), ("", "[::1]", "[::1]", true), ("Domain=::1", "[::1]", "[::1]", true),
        ("Domain=other.org; Domain=example.com", "www.example.com", "example.com", true),
        ("Domain=example.com; Domain=other.org", "www.example.com", "example.com", false),
        ("Domain=example.com; Domain=", "www.example.com", "example.com", true),
        (" DOMAIN\t= .Example.Com ", "www.example.com", "example.com", true),
        ("Domain=*.example.com", "www.example.com", "www.example.com", false),
        ("Domain=example.com:80", "example.com", "example.com", false),
        ("Domain=\"example.com\"", "example.com", "example.com", false),
        ("Domain=.\u{301}example.com", "www.example.com", "example.com", false),
        ("Domain=éxample.com", "example.com", "example.com", false),
        ("Domain=127.0.0.1", "h", "127.0.0.1", false), ("Domain=::1", "[::1]", "[::2]", false),
        ("Domain=[::1]", "[::1]", "[::1]", false), ("Domain=.127.0.0.1", "127.0.0.1", "127.0.0.1", true),
    ])
    func domains(attribute: String, setter: String, host: String, isSent: Bool) throws {
        let sent = try self.sent(["a=1; \(attribute)"], from: "http://\(setter)", to: "http://\(host)")
        #expect(sent == (isSent ? "a=1" : nil))
    }

    @Test func portsShareCookies() throws {
        #expect(try self.sent(["a=1"], from: "http://h:1", to: "http://h:2") == "a=1")
        #expect(try self.sent(["a=1"], from: "http://h", to: "https://h") == "a=1")
    }

    // MARK: - Secure

    @Test(arguments: [
        ("https://h", "https://h", true), ("https://h", "wss://h", true), ("https://h", "http://h", false),
        ("http://h", "http://h", false), ("http://h", "https://h", false),
        ("http://localhost", "http://localhost", false),
        ("http://127.0.0.1", "https://127.0.0.1", false), ("https://[::1]", "http://[::1]", false),
    ])
    func secureGoesOverTLSOnly(setter: String, reader: String, isSent: Bool) throws {
        for attribute in ["Secure", "secure", "SECURE=x", " Secure "] {
            #expect(try self.sent(["a=1; \(attribute)"], from: setter, to: reader) == (isSent ? "a=1" : nil))
        }
    }

    @Test(arguments: [
        ("a=2; Path=/", "a=1"), ("a=2; Path=/engine.io", "a=1"), ("a=; Max-Age=0; Path=/", "a=1"),
        ("a=2; Path=/; Domain=example.com", "a=1"), ("a=2; Path=/engine.io/deep", "a=1"),
        ("b=2; Path=/", "a=1; b=2"), ("A=2; Path=/", "a=1; A=2"),
    ])
    func aServerWithoutTLSDoesNotReplaceSecureCookies(header: String, expected: String) throws {
        var jar = CookieJar()
        let secure = try Self.origin("https://www.example.com")
        jar.store(setCookie: "a=1; Secure; Path=/", from: secure, now: Self.now)
        jar.store(setCookie: header, from: try Self.origin("http://www.example.com"), now: Self.now)
        #expect(jar.headerText(for: secure, now: Self.now) == expected)
    }

    @Test func aServerWithTLSReplacesSecureCookies() throws {
        #expect(try self.sent(["a=1; Secure", "a=2"], from: "https://h", to: "http://h") == "a=2")
        #expect(try self.sent(["a=1", "a=2; Secure"], from: "https://h", to: "http://h") == nil)
    }

    @Test(arguments: [("http://h", "/", "a=2"), ("http://other", "/engine.io/", nil)])
    func secureCookiesShieldTheirOwnPathAndHostOnly(setter: String, path: String, plain: String?) throws {
        var jar = CookieJar()
        let secure = try Self.origin("https://h")
        jar.store(setCookie: "a=1; Secure", from: secure, now: Self.now)
        let origin = try Self.origin(setter, path: path)
        jar.store(setCookie: "a=2", from: origin, now: Self.now)
        #expect(jar.headerText(for: origin, now: Self.now) == "a=2")
        #expect(jar.headerText(for: secure, now: Self.now) == "a=1" + (plain.map { "; " + $0 } ?? ""))
    }
}
