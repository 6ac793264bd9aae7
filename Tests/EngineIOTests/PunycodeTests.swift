import Testing

@testable import EngineIO

struct PunycodeTests {
    @Test(arguments: [
        ("bücher.example", "xn--bcher-kva.example"), ("www.Ünïcode.Org", "www.xn--ncode-cta3g.org"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("한국.kr", "xn--3e0b707e.kr"), ("déjà-vu.fr", "xn--dj-vu-sqa5d.fr"), ("ελλάδα.gr", "xn--hxakic4aa.gr"),
        ("żółć.pl", "xn--kda4b0koi.pl"), ("example.com", "example.com"),
    ])
    func certain(host: String, form: String) {
        #expect(Punycode.host(host[...]) == form)
    }

    /// Standards differ, or the form takes tables.
    @Test(arguments: [
        "straße.de", "e\u{301}.fr", "ﬁ.com", "ﬀ", "ｅ.com", "a。b", "עברית.il", "σς.gr", "a_é", "é..fr", "ŀ", "ŉ", "ſ",
        "ĳ",
        String(repeating: "é", count: 64),
    ])
    func uncertain(host: String) {
        #expect(Punycode.host(host[...]) == nil)
    }

    @Test(arguments: [
        ("http://h?t=1", true), ("http://h?a=1&%74=", true), ("http://h?a=t&tt=1", false), ("http://h", false),
        ("http://h?t", true), ("http://h?T=1", false),
    ])
    func ownTimestamps(url: String, has: Bool) throws {
        #expect(try ServerURL(url).hasTimestamp == has)
    }
}
