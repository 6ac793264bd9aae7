import TestSupport
import Testing

@testable import EngineIO

/// Names, values, lifetimes and refusals of single cookies.
struct CookieTests: CookieTesting {
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

    @Test func anExpiredCookieIsGone() throws {
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
}
