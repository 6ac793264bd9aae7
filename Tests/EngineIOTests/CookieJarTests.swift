import TestSupport
import Testing

@testable import EngineIO

struct CookieJarTests {
    private static let now: Int64 = 1_700_000_000

    private static func origin(_ url: String, path: String = "/engine.io/") throws -> CookieOrigin {
        CookieOrigin(try ServerURL(url), path: path)
    }

    /// The cookies of a request after some have been set.
    private func sent(
        _ cookies: [String], from: String = "http://www.example.com", path: String = "/engine.io/", to: String? = nil,
        toPath: String? = nil, after seconds: Int64 = 0
    ) throws -> String? {
        var jar = CookieJar()
        let origin = try Self.origin(from, path: path)
        for cookie in cookies { jar.store(setCookie: cookie, from: origin, now: Self.now) }
        return jar.headerText(for: try Self.origin(to ?? from, path: toPath ?? path), now: Self.now + seconds)
    }

    @Test func anEmptyJarCostsNearlyNothing() throws {
        #expect(MemoryLayout<CookieJar>.size == MemoryLayout<Int>.size)
        #expect(CookieJar().headerText(for: try Self.origin("http://h"), now: 0) == nil)
    }

    // MARK: - Names and values

    @Test(arguments: [
        ("a=1", "a=1"), ("a=", "a="), (" a = 1 ", "a=1"), ("\ta\t=\t1\t", "a=1"), ("a=\"b c\"", "a=\"b c\""),
        ("a=\" b\"", "a=\" b\""), ("a=b=c==", "a=b=c=="), ("a=1;", "a=1"), ("a=1;;;", "a=1"), ("a=1; ;=;x=y;=z", "a=1"),
        ("a=1, b=2", "a=1, b=2"), ("a b=1", "a b=1"), ("a=é中", "a=é中"), ("a=\u{301}", "a=\u{301}"),
        ("a=1\t2", "a=1\t2"),
        ("io=sid-1; Path=/; HttpOnly; SameSite=Lax", "io=sid-1"), ("a=1; Priority=High; Partitioned", "a=1"),
        ("$Version=1", "$Version=1"), ("Path=/x", "Path=/x"), ("Secure=1", "Secure=1"),
        ("a=1; HTTPONLY; sAmEsItE=None; pAtH=/engine.io; mAx-aGe=9; ExPiReS=Thu, 01 Jan 1970 00:00:00 GMT", "a=1"),
        ("a=1; \u{301}=x; =\u{301}; Secure\u{301}", "a=1"),
    ])
    func taken(header: String, expected: String) throws {
        #expect(try self.sent([header]) == expected)
    }

    @Test(arguments: [
        "", ";", "=", "=1", " =1", "rubbish", "rubbish; a=1", "a; Path=/", "; a=1", "a=1\r\nb=2", "a=1\n", "a=1; x=\0",
        "a\u{1}=1", "a=\u{7F}", "a=1; Path=/\u{1B}[0m", "a=1; Max-Age=0\n",
    ])
    func ignored(header: String) throws {
        #expect(try self.sent([header]) == nil)
    }

    @Test func nameAndValueHaveAtMost4096Bytes() throws {
        let value = String(repeating: "x", count: 4095)
        #expect(try self.sent(["a=" + value]) == "a=" + value)
        #expect(try self.sent(["a=x" + value]) == nil)
        #expect(try self.sent(["a=1", "a=x" + value]) == "a=1")
        #expect(try self.sent(["a=\(value); x=\(value)"]) == "a=" + value, "attributes do not count")
    }

    /// They go back as they came, in whatever encoding.
    @Test func bytesSurvive() throws {
        var jar = CookieJar()
        let origin = try Self.origin("http://h")
        let cookie: [UInt8] = [0x6E, 0xE9, 0x3D, 0xFC, 0x80, 0xC3, 0xBC, 0xFF]
        check(jar.store(setCookie: cookie + Array("; Path=/".utf8), from: origin, now: 0), nil)
        #expect(jar.header(for: origin, now: 0) == cookie)
        check(jar.store(setCookie: [0x6E, 0xE8, 0x3D, 0x31], from: origin, now: 0), nil)
        #expect(jar.header(for: origin, now: 0, merging: [0x6E, 0xE9, 0x3D, 0x32])?.count == 4 + 2 + 4)
    }

    @Test(arguments: [
        ("rubbish", CookieRefusal.notACookie), ("a\u{1}=1", .notACookie), ("a=1; Domain=other.org", .foreign("a")),
        ("é=1; Secure", .needsTLS("??")), ("a=" + String(repeating: "x", count: 4096), .tooLong("a", 4097)),
    ])
    func refusalsAreSaid(header: String, refusal: CookieRefusal) throws {
        var jar = CookieJar()
        check(jar.store(setCookie: Array(header.utf8), from: try Self.origin("http://h"), now: 0), refusal)
    }

    // MARK: - Times

    @Test(arguments: [
        ("Max-Age=100", 99, true), ("Max-Age=100", 100, false), ("Max-Age=0", 0, false), ("Max-Age=-1", 0, false),
        ("max-age=1", 2, false), ("MAX-AGE=0", 0, false), (" Max-Age\t= 1 ", 2, false), ("Max-Age=\"0\"", 9_999, true),
        ("Max-Age=٠", 9_999, true), ("Max-Age=-0", 0, false), ("Max-Age=00", 0, false),
        ("Max-Age=-99999999999999999999", 0, false),
        ("Max-Age=99999999999999999999", 9_999, true),
        ("Max-Age=", 9_999, true), ("Max-Age", 9_999, true), ("Max-Age=-", 9_999, true), ("Max-Age=1x", 9_999, true),
        ("Max-Age=+1", 9_999, true), ("Max-Age=1.5", 9_999, true), ("Max-Age=5; Max-Age=50", 40, true),
        ("Max-Age=5; Max-Age=x", 6, false),
        // 1 700 000 000 is 2023-11-14 22:13:20.
        ("Expires=Tue, 14 Nov 2023 22:13:30 GMT", 9, true), ("Expires=Tue, 14 Nov 2023 22:13:30 GMT", 10, false),
        ("expires=Tuesday, 14-Nov-23 22:13:20 GMT", 0, false), ("Expires=Tue Nov 14 22:13:21 2023", 0, true),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, false), ("Expires=whenever", 9_999, true),
        ("Expires=", 9_999, true),
        ("EXPIRES = Thu, 01-Jan-70 00:00:00 GMT", 0, false), ("Expires=\"Thu, 01 Jan 1970 00:00:00 GMT\"", 0, false),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=Wed, 01 Jan 2098 00:00:00 GMT", 9_999, true),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=whenever", 0, false),
        ("Max-Age=100; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 99, true),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=100", 99, true),
        ("Expires=Wed, 01 Jan 2098 00:00:00 GMT; Max-Age=0", 0, false),
        ("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=x", 0, false),
    ])
    func lifetimes(attributes: String, seconds: Int64, isSent: Bool) throws {
        #expect(try self.sent(["a=1; \(attributes)"], after: seconds) == (isSent ? "a=1" : nil))
    }

    @Test func deletion() throws {
        #expect(try self.sent(["a=1", "b=2", "a=; Max-Age=0"]) == "b=2")
        #expect(try self.sent(["a=1", "b=2", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]) == "b=2")
        #expect(try self.sent(["a=1", "a=; Max-Age=0; Path=/"]) == "a=1", "another path is another cookie")
        #expect(try self.sent(["a=1", "a=; Max-Age=0", "a=2"]) == "a=2")
        #expect(try self.sent(["a=1", "b=2", "a=; Max-Age=0", "a=3"]) == "b=2; a=3", "a new one, so the youngest")
        #expect(try self.sent(["a=1; Domain=example.com", "a=; Max-Age=0"]) == "a=1", "and so does another domain")
        #expect(try self.sent(["A=1", "a=; Max-Age=0"]) == "A=1", "names have a case")
    }

    @Test func anExpiredCookieIsNoMore() throws {
        var jar = CookieJar()
        let secure = try Self.origin("https://h")
        jar.store(setCookie: "a=1; Secure; Max-Age=1", from: secure, now: Self.now)
        jar.store(setCookie: "b=2", from: secure, now: Self.now)
        jar.store(setCookie: "a=3", from: try Self.origin("http://h"), now: Self.now + 2)
        // Neither does it shield its name nor hold its place (RFC 6265, section 5.3: all expired ones are evicted).
        #expect(jar.headerText(for: secure, now: Self.now + 2) == "b=2; a=3")
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func oddClocks(now: Int64) throws {
        var jar = CookieJar()
        let origin = try Self.origin("http://h")
        jar.store(setCookie: "a=1; Max-Age=100", from: origin, now: now)
        jar.store(setCookie: "b=1", from: origin, now: now)
        #expect(jar.headerText(for: origin, now: now)?.contains("b=1") == true)
    }

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

    // MARK: - Order, rotation and limits

    @Test func longerPathsFirstThenOlderOnes() throws {
        let cookies = [
            "a=1; Path=/", "b=2; Path=/engine.io/", "c=3; Path=/", "d=4; Path=/engine.io", "e=5; Path=/engine.io/",
        ]
        #expect(try self.sent(cookies) == "b=2; e=5; d=4; a=1; c=3")
    }

    @Test func aRotatedCookieKeepsItsPlace() throws {
        #expect(try self.sent(["a=1", "b=2", "a=3"]) == "a=3; b=2")
        #expect(try self.sent(["a=1; Path=/", "a=2; Path=/engine.io"]) == "a=2; a=1")
        #expect(try self.sent(["a=1; Domain=example.com", "a=2; Domain=www.example.com", "A=3"]) == "a=1; a=2; A=3")
        // One as a letter, one as a letter and its accent: servers see different bytes.
        let names = ["\u{E9}=1", "e\u{301}=2"]
        #expect(try self.sent(names).map { Array($0.utf8) } == Array(names.joined(separator: "; ").utf8))
    }

    @Test func aRotatedCookieHasTheNewAttributesOnly() throws {
        #expect(try self.sent(["a=1; Max-Age=1", "a=2"], after: 5) == "a=2")
        #expect(try self.sent(["a=1", "a=2; Max-Age=1"], after: 5) == nil)
        let narrowed = ["a=1; Domain=example.com", "a=2"]
        #expect(try self.sent(narrowed, from: "http://example.com", to: "http://www.example.com") == nil)
        #expect(try self.sent(narrowed, from: "http://example.com") == "a=2")
        let widened = ["a=1", "a=2; Domain=example.com"]
        #expect(try self.sent(widened, from: "http://example.com", to: "http://www.example.com") == "a=2")
        #expect(try self.sent(widened, from: "http://example.com") == "a=2")
    }

    @Test func aFullJarLosesNothingForWhatItHas() throws {
        let cookies = (0..<50).map { "c\($0)=1" }
        for last in ["c0=1", "c49=1", "new=1; Max-Age=0", "new", "new=1; Domain=other.org"] {
            #expect(try self.sent(cookies + [last]) == cookies.joined(separator: "; "))
        }
        #expect(try self.sent(cookies + ["c7=; Max-Age=0", "new=1"])?.hasPrefix("c0=1; ") == true)
    }

    @Test func theOldestOfFiftyGoesFirst() throws {
        let cookies = (0..<60).map { "c\($0)=\($0)" }
        let names = try #require(try self.sent(cookies)).split(separator: "; ")
        #expect(names.count == 50)
        #expect(names.first == "c10=10")
        #expect(names.last == "c59=59")
    }

    @Test func expiredCookiesGoBeforeOldOnes() throws {
        var jar = CookieJar()
        let origin = try Self.origin("http://h")
        for index in 0..<49 { jar.store(setCookie: "c\(index)=1", from: origin, now: Self.now) }
        jar.store(setCookie: "short=1; Max-Age=1", from: origin, now: Self.now)
        jar.store(setCookie: "late=1", from: origin, now: Self.now + 2)
        let header = try #require(jar.headerText(for: origin, now: Self.now + 2))
        #expect(header.hasPrefix("c0=1; ") && header.hasSuffix("; late=1"))
    }

    @Test func domainsDoNotPushOutEachOther() throws {
        var jar = CookieJar()
        for index in 0..<60 {
            jar.store(setCookie: "c\(index)=1", from: try Self.origin("http://other"), now: Self.now)
            jar.store(setCookie: "a=\(index)", from: try Self.origin("http://h"), now: Self.now)
        }
        #expect(jar.headerText(for: try Self.origin("http://h"), now: Self.now) == "a=59")
    }

    @Test func aJarHasAnEnd() throws {
        var jar = CookieJar()
        for index in 0...300 {
            jar.store(setCookie: "a=\(index)", from: try Self.origin("http://h\(index)"), now: Self.now)
        }
        #expect(jar.headerText(for: try Self.origin("http://h0"), now: Self.now) == nil)
        #expect(jar.headerText(for: try Self.origin("http://h1"), now: Self.now) == "a=1")
        #expect(jar.headerText(for: try Self.origin("http://h300"), now: Self.now) == "a=300")
    }

    @Test func copiesAreApart() throws {
        let origin = try Self.origin("http://h")
        var jar = CookieJar()
        jar.store(setCookie: "a=1", from: origin, now: Self.now)
        var copy = jar
        copy.store(setCookie: "a=2", from: origin, now: Self.now)
        #expect(jar.headerText(for: origin, now: Self.now) == "a=1")
        #expect(copy.headerText(for: origin, now: Self.now) == "a=2")
    }

    // MARK: - The program's own header

    @Test(
        arguments: [
            (nil, "a=1; b=2"), ("", "a=1; b=2"), (" ; ", "a=1; b=2"), ("u=9", "u=9; a=1; b=2"),
            ("u=9; v=8", "u=9; v=8; a=1; b=2"),
            ("a=9", "a=9; b=2"), ("u=1;b=9 ;a=7;", "u=1;b=9 ;a=7"), ("A=9", "A=9; a=1; b=2"), ("a", "a; a=1; b=2"),
            ("u=\"x;y\"", "u=\"x;y\"; a=1; b=2"), ("u=a=1", "u=a=1; a=1; b=2"), (";;a=;", "a=; b=2"),
            ("é=\u{301}", "é=\u{301}; a=1; b=2"), ("b=8; a=9", "b=8; a=9"), ("\ta=9;\tb=8\t", "a=9;\tb=8"),
            ("a =9", "a =9; b=2"), ("a\t=9", "a\t=9; b=2"), ("a=", "a=; b=2"), ("=a", "=a; a=1; b=2"),
            ("a\u{301}=9", "a\u{301}=9; a=1; b=2"), ("a=9; a=8", "a=9; a=8; b=2"), ("x; a=9", "x; a=9; b=2"),
        ] as [(String?, String)])
    func merging(own: String?, expected: String) throws {
        var jar = CookieJar()
        let origin = try Self.origin("http://h")
        jar.store(setCookie: "a=1", from: origin, now: Self.now)
        jar.store(setCookie: "b=2", from: origin, now: Self.now)
        #expect(jar.headerText(for: origin, now: Self.now, merging: own) == expected)
    }

    @Test func ownNamesAreComparedByTheirBytes() throws {
        let origin = try Self.origin("http://h")
        var jar = CookieJar()
        jar.store(setCookie: "\u{E9}=1", from: origin, now: Self.now)
        let merged = jar.headerText(for: origin, now: Self.now, merging: "e\u{301}=2")
        #expect(merged.map { Array($0.utf8) } == Array("e\u{301}=2; \u{E9}=1".utf8))
        #expect(jar.headerText(for: origin, now: Self.now, merging: "\u{E9}=2") == "\u{E9}=2")
    }

    @Test func theOwnHeaderAlone() throws {
        let origin = try Self.origin("http://h")
        var jar = CookieJar()
        #expect(jar.headerText(for: origin, now: 0, merging: "u=1") == "u=1")
        #expect(jar.headerText(for: origin, now: 0, merging: "") == nil)
        jar.store(setCookie: "a=1; Path=/elsewhere", from: origin, now: 0)
        #expect(jar.headerText(for: origin, now: 0, merging: "u=1") == "u=1")
        #expect(jar.headerText(for: origin, now: 0, merging: nil) == nil)
    }

    // MARK: - Hostile servers

    @Test(arguments: [";", "=", "a=1;", " ", "é", "\u{301}", "Domain=", "a=1; Max-Age=9;", "\0", "."])
    func longRubbishTakesNoLongTime(piece: String) throws {
        let rubbish = String(repeating: piece, count: 100_000 / piece.utf8.count)
        let fitting = String(repeating: piece, count: 4000 / piece.utf8.count)
        var jar = CookieJar()
        let origin = try Self.origin("http://h", path: "/" + rubbish)
        let time = ContinuousClock().measure {
            for start in ["", "a=", "a=1;", "a=1; Domain=", "a=1; Path=/", "a=1; Expires=", "a=1; Max-Age="] {
                jar.store(setCookie: start + rubbish, from: origin, now: Self.now)
                jar.store(setCookie: start + fitting, from: origin, now: Self.now)
            }
            _ = jar.headerText(for: origin, now: Self.now, merging: rubbish)
        }
        #expect(time < .seconds(10))
    }

    @Test func aFullJarTakesNoLongTime() throws {
        var jar = CookieJar()
        let origin = try Self.origin("http://h")
        let own = (0..<10_000).map { "o\($0)=1" }.joined(separator: "; ")
        let time = ContinuousClock().measure {
            for index in 0..<3_000 { jar.store(setCookie: "c\(index)=1", from: origin, now: Self.now) }
            for _ in 0..<10 {
                check(jar.headerText(for: origin, now: Self.now, merging: own)?.hasSuffix("; c2999=1"), true)
            }
        }
        #expect(time < .seconds(20))
    }

    @Test func randomRubbishIsNoCrash() throws {
        let pieces = [
            "a", "b", "=", ";", " ", "\t", "Domain", "Path", "Max-Age", "Expires", "Secure", "/", ".", "h", "1", "-",
            "é",
            "\u{301}", "\"", ",", "99999999999999999999", "Thu, 01 Jan 2098 00:00:00", "\0",
        ]
        var generator = SeededGenerator(seed: 12)
        var jar = CookieJar()
        for _ in 0..<20_000 {
            let text = (0..<generator.below(14)).map { _ in pieces[generator.below(pieces.count)] }.joined()
            let origin = try Self.origin(generator.below(2) == 0 ? "https://a.h" : "http://[::1]", path: text)
            jar.store(setCookie: text, from: origin, now: Self.now)
            guard let header = jar.headerText(for: origin, now: Self.now) else { continue }
            #expect(!header.utf8.contains { $0 < 0x20 && $0 != 0x09 })
        }
    }
}

extension CookieJar {
    fileprivate mutating func store(setCookie header: String, from origin: CookieOrigin, now: Int64) {
        self.store(setCookie: Array(header.utf8), from: origin, now: now)
    }

    fileprivate func headerText(for origin: CookieOrigin, now: Int64, merging own: String? = nil) -> String? {
        let header = self.header(for: origin, now: now, merging: own.map { Array($0.utf8) })
        return header.map { String(decoding: $0, as: UTF8.self) }
    }
}
