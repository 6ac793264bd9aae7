import TestSupport
import Testing

@testable import EngineIO

/// Many cookies in one jar.
struct CookieJarTests: CookieTesting {
    @Test func anEmptyJarCostsNearlyNothing() throws {
        #expect(MemoryLayout<CookieJar>.size == MemoryLayout<Int>.size)
        #expect(CookieJar().headerText(for: try Self.origin("http://h"), now: 0) == nil)
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
        let fitting = String(repeating: piece, count: 4000 / piece.utf8.count)
        try expectLinearTime(size: 20_000) { size in
            let rubbish = String(repeating: piece, count: size / piece.utf8.count)
            return (rubbish, try Self.origin("http://h", path: "/" + rubbish))
        } work: { rubbish, origin in
            var jar = CookieJar()
            for start in ["", "a=", "a=1;", "a=1; Domain=", "a=1; Path=/", "a=1; Expires=", "a=1; Max-Age="] {
                jar.store(setCookie: start + rubbish, from: origin, now: Self.now)
                jar.store(setCookie: start + fitting, from: origin, now: Self.now)
            }
            _ = jar.headerText(for: origin, now: Self.now, merging: rubbish)
        }
    }

    @Test func aFullJarTakesNoLongTime() throws {
        let origin = try Self.origin("http://h")
        expectLinearTime(size: 2_500) { count in
            (count, (0..<count).map { "o\($0)=1" }.joined(separator: "; "))
        } work: { count, own in
            var jar = CookieJar()
            for index in 0..<count { jar.store(setCookie: "c\(index)=1", from: origin, now: Self.now) }
            for _ in 0..<10 {
                check(jar.headerText(for: origin, now: Self.now, merging: own)?.hasSuffix("; c\(count - 1)=1"), true)
            }
        }
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
