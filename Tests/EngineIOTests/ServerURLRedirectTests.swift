import Testing

@testable import EngineIO

struct ServerURLRedirectTests {
    /// From `http://u:p@h:1/ignored?own=1` and `engine.io`.
    @Test(arguments: [
        ("http://h:1/new/", "http://h:1", "/new/", "own=1", true),
        ("http://h:1/new?a=1", "http://h:1", "/new/", "a=1", true),
        ("http://h:1", "http://h:1", "/", "own=1", true),
        (
            "https://other/deep/engine.io/?EIO=4&transport=polling&t=1.5&sid=2&a=%20&b", "https://other",
            "/deep/engine.io/", "a=%20&b", false
        ),
        ("HTTPS://OTHER", "https://other", "/", "", false),
        ("wss://other:8443/a", "https://other:8443", "/a/", "", false),
        ("http://h:2/engine.io/", "http://h:2", "/engine.io/", "", false),
        ("https://h:1/engine.io/", "https://h:1", "/engine.io/", "", false),
        ("//other/a", "http://other", "/a/", "", false),
        ("//h:1/a", "http://h:1", "/a/", "own=1", true),
        ("http://[::1]/a", "http://[::1]", "/a/", "", false),
        ("/a/b", "http://h:1", "/a/b/", "own=1", true),
        ("/a/?next=http://other/&x=//y", "http://h:1", "/a/", "next=http://other/&x=//y", true),
        ("/a/?t=1&sid=2", "http://h:1", "/a/", "own=1", true),
        ("/?T=1#f?a", "http://h:1", "/", "T=1", true),
        ("", "http://h:1", "/engine.io/", "own=1", true),
        ("#f", "http://h:1", "/engine.io/", "own=1", true),
        ("?a=1", "http://h:1", "/engine.io/", "a=1", true),
        ("a", "http://h:1", "/engine.io/a/", "own=1", true),
        ("./a/.", "http://h:1", "/engine.io/a/", "own=1", true),
        ("../a", "http://h:1", "/a/", "own=1", true),
        ("../../../a", "http://h:1", "/a/", "own=1", true),
        ("/a/b/../../c/./d/..", "http://h:1", "/c/", "own=1", true),
        ("http://other/x/../y/", "http://other", "/y/", "", false),
        ("/a%2Fb/%C3%A9", "http://h:1", "/a%2Fb/%C3%A9/", "own=1", true),
        ("?%74=1&s%69d=2&%45IO=3&transpor%74=4&x=5&T=6", "http://h:1", "/engine.io/", "x=5&T=6", true),
        ("?t=1&EIO=4&transport=polling", "http://h:1", "/engine.io/", "own=1", true),
        ("https://other?t=1", "https://other", "/", "", false),
        ("ws://h:1/a", "http://h:1", "/a/", "own=1", true),
        ("//h/a", "http://h", "/a/", "", false),
        ("http://h.:1/", "http://h.:1", "/", "", false),
        ("@other/a", "http://h:1", "/engine.io/@other/a/", "own=1", true),
        (".other/a", "http://h:1", "/engine.io/.other/a/", "own=1", true),
        ("\\\\other/a", "http://h:1", "/engine.io/\\\\other/a/", "own=1", true),
        ("/\\other/a", "http://h:1", "/\\other/a/", "own=1", true),
        ("/.//other/a", "http://h:1", "/other/a/", "own=1", true),
        ("..", "http://h:1", "/", "own=1", true),
        ("...", "http://h:1", "/engine.io/.../", "own=1", true),
        ("a?b=/../c", "http://h:1", "/engine.io/a/", "b=/../c", true),
        ("1:2", "http://h:1", "/engine.io/1:2/", "own=1", true),
    ])
    func redirects(location: String, origin: String, path: String, query: String, isTrusted: Bool) throws {
        let from = try ServerURL("http://u:p@h:1/ignored?own=1")
        let (url, engineIOPath) = try from.resolve(location: location, engineIOPath: "engine.io")
        #expect(url.description == origin)
        #expect(engineIOPath == path)
        #expect(url.query == query)
        #expect(url.authorization == (isTrusted ? from.authorization : nil))
    }

    @Test(
        arguments: [
            ("http://x:y@h:1/", "Basic eDp5"), ("//x:y@other/", "Basic eDp5"), ("https://x:y@h:1", "Basic eDp5"),
            ("//@h:1/", "Basic dTpw"), ("//:@h:1/", "Basic dTpw"), ("//@other/", nil), ("//h:1@other/", "Basic aDox"),
        ] as [(String, String?)])
    func credentialsOfALocation(location: String, authorization: String?) throws {
        let (url, _) = try ServerURL("http://u:p@h:1").resolve(location: location, engineIOPath: "engine.io")
        #expect(url.authorization == authorization)
    }

    @Test func relativeRedirectsKeepTheServer() throws {
        let linkLocal = try ServerURL("https://[fe80::1%25eth0]:8443")
        #expect(try linkLocal.resolve(location: "/a", engineIOPath: "engine.io").url.host == "fe80::1%eth0")
        let odd = try ServerURL("http://h").resolve(location: "b", engineIOPath: "a b?#%20")
        #expect(odd.engineIOPath == "/a%20b%3F%23%20/b/")
        #expect(try ServerURL("wss://h").resolve(location: "//i", engineIOPath: "").url.isSecure)
    }

    @Test(arguments: [
        "ftp://h/", "javascript:alert(1)", "http://", "http:///a", "http://h:0/", "/a b", "/a\r\nSet-Cookie: x", "//",
        "/?%zz",
        "mailto:a@b", "localhost:5000/a", "http:/a", "//[::1/", "http://h:1.other/", "//é/", "\t/a", "/a\0", "https:",
        "//h:99999/", "data:,x", "/?%",
    ])
    func redirectsToNowhere(location: String) throws {
        let url = try ServerURL("http://h")
        #expect(throws: ServerURLError.self) { try url.resolve(location: location, engineIOPath: "engine.io") }
    }
}
