import TestSupport
import Testing

@testable import EngineIO

struct ServerURLTests {
    private func error(_ text: String) -> String? {
        do { _ = try ServerURL(text) } catch { return error.description }
        return nil
    }

    // MARK: - What is read

    struct Parts: Sendable {
        var isSecure = false
        var host = "localhost"
        var port = 80
        var hostHeader = "localhost"
    }

    @Test(arguments: [
        ("http://localhost", Parts()),
        ("ws://localhost/", Parts()),
        ("https://localhost", Parts(isSecure: true, port: 443)),
        ("wss://localhost", Parts(isSecure: true, port: 443)),
        ("HTTP://LocalHost", Parts()),
        ("WsS://LOCALHOST", Parts(isSecure: true, port: 443)),
        ("http://localhost:5000", Parts(port: 5000, hostHeader: "localhost:5000")),
        ("http://localhost:80", Parts()),
        ("http://localhost:", Parts()),
        ("http://localhost:0080", Parts()),
        ("http://localhost:443", Parts(port: 443, hostHeader: "localhost:443")),
        ("https://localhost:443", Parts(isSecure: true, port: 443)),
        ("https://localhost:80", Parts(isSecure: true, port: 80, hostHeader: "localhost:80")),
        ("http://localhost:65535", Parts(port: 65535, hostHeader: "localhost:65535")),
        ("http://localhost:1?a=:9", Parts(port: 1, hostHeader: "localhost:1")),
        ("http://127.0.0.1", Parts(host: "127.0.0.1", hostHeader: "127.0.0.1")),
        ("http://a-b_c.Example.", Parts(host: "a-b_c.example.", hostHeader: "a-b_c.example.")),
        ("http://[::1]:443", Parts(host: "::1", port: 443, hostHeader: "[::1]:443")),
        ("wss://[::1]:443", Parts(isSecure: true, host: "::1", port: 443, hostHeader: "[::1]")),
        ("http://u:p@[::1]:1", Parts(host: "::1", port: 1, hostHeader: "[::1]:1")),
        ("http://u:p@localhost:1", Parts(port: 1, hostHeader: "localhost:1")),
        ("http://localhost#f:1", Parts()),
        ("http://http", Parts(host: "http", hostHeader: "http")),
        ("http://[::1]", Parts(host: "::1", hostHeader: "[::1]")),
        ("http://[::1]:5000/x", Parts(host: "::1", port: 5000, hostHeader: "[::1]:5000")),
        ("http://[::1]:", Parts(host: "::1", hostHeader: "[::1]")),
        ("https://[2001:DB8::A]", Parts(isSecure: true, host: "2001:db8::a", port: 443, hostHeader: "[2001:db8::a]")),
        ("http://[fe80::1%25Eth0]:1", Parts(host: "fe80::1%Eth0", port: 1, hostHeader: "[fe80::1]:1")),
        ("http://[FE80::1%eth0]", Parts(host: "fe80::1%eth0", hostHeader: "[fe80::1]")),
        ("http://[fe80::1%25]", Parts(host: "fe80::1%25", hostHeader: "[fe80::1]")),
    ])
    func addresses(text: String, parts: Parts) throws {
        let url = try ServerURL(text)
        #expect(url.isSecure == parts.isSecure)
        #expect(url.host == parts.host)
        #expect(url.port == parts.port)
        #expect(url.hostHeader == parts.hostHeader)
        #expect(url.isIPv6Literal == parts.host.contains(":"))
        #expect(url.description == (parts.isSecure ? "https://" : "http://") + parts.hostHeader)
    }

    @Test(arguments: [
        "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "::ffff:192.0.2.1",
        "1:2:3:4:5:6:192.0.2.1", "::192.0.2.1", "ABCD:ef01::0000", "0000:0000:0000:0000:0000:ffff:255.255.255.255",
    ])
    func ipv6Addresses(address: String) throws {
        #expect(try ServerURL("http://[\(address)]").host == address.lowercased())
    }

    @Test(arguments: [
        "", ":", ":::", "1", "localhost", "127.0.0.1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "1::2::3", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "::g", "::1.2.3", "::1.2.3.4.5", "::256.1.1.1",
        "::1.2.3.4:5", "1.2.3.4::", "::1.2.3.+4", "::1..3.4", "::é", "::1%", "::1%é", "::1%a%b", "::1%a/b", "%eth0",
        "[::1]", "::\u{301}1", "::1.2.3.04", "::00000000000000000000000000000000000000000001", "::-1", "::1]", "0x::1",
        "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1\u{FF11}",
    ])
    func whatIsNoIPv6Address(address: String) {
        #expect(self.error("http://[\(address)]")?.contains("[") == true)
    }

    @Test(arguments: [
        ("http://h", "", ""), ("http://h/", "/", ""), ("http://h?a=1", "", "a=1"),
        ("http://h/x/y?a=1#f?b", "/x/y", "a=1"),
        ("http://h#f", "", ""), ("http://h/#?a=1", "/", ""), ("http://h/a@b:c", "/a@b:c", ""), ("http://h?", "", ""),
        ("http://h?a=?/@:&b", "", "a=?/@:&b"), ("http://h?a=é%20+", "", "a=é%20+"), ("http://h/%zz", "/%zz", ""),
        ("http://h?&&a=1&&b=2&", "", "a=1&b=2"), ("http://h?b=2&a=1&b=3", "", "b=2&a=1&b=3"),
        ("http://h?sid=1&a=2&transport=x&EIO=3", "", "a=2"), ("http://h?sid&transport=&EIO", "", ""),
        ("http://h?SID=1&Transport=2&eio=3&t=4&sid2=5", "", "SID=1&Transport=2&eio=3&t=4&sid2=5"),
        ("http://h?s%69d=1&E%49O=3&a%3Db=1&si%2564=1", "", "a%3Db=1&si%2564=1"), ("http://h?=1", "", "=1"),
        ("http://h?a=1&%73%69%64=2&b=3", "", "a=1&b=3"), ("http://h?a=sid&b=EIO=3", "", "a=sid&b=EIO=3"),
        ("http://h?sid=1&sid=2&a&sid=3", "", "a"),
        ("http://h?s\u{301}id=1&sid\u{301}=2", "", "s\u{301}id=1&sid\u{301}=2"),
    ])
    func pathAndQuery(text: String, path: String, query: String) throws {
        let url = try ServerURL(text)
        #expect(url.path == path)
        #expect(url.query == query)
    }

    @Test(
        arguments: [
            ("http://h", nil), ("http://@h", nil), ("http://:@h", nil),
            ("http://user:password@h", "dXNlcjpwYXNzd29yZA=="),
            ("http://Aladdin:open%20sesame@h", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("http://user@h", "dXNlcjo="), ("http://:secret@h", "OnNlY3JldA=="), ("http://a:b:c@h", "YTpiOmM="),
            ("http://a:p@ss@h", "YTpwQHNz"), ("http://a:p%40ss@h", "YTpwQHNz"), ("http://a:%FF@h", "YTr/"),
            ("http://a:é@h", "YTrDqQ=="), ("http://h/a:b@c", nil), ("http://h?a:b@c", nil),
        ] as [(String, String?)])
    func credentials(text: String, encoded: String?) throws {
        let url = try ServerURL(text)
        #expect(url.authorization == encoded.map { "Basic " + $0 })
        #expect(url.description == "http://h")
    }

    // MARK: - What is refused

    @Test(arguments: [
        ("", "the url is empty: write http://localhost:5000"),
        ("localhost:5000", "the url \"localhost:5000\" has no scheme: write http://localhost:5000"),
        ("localhost", "the url \"localhost\" has no scheme: write http://localhost"),
        ("127.0.0.1:80/x", "the url \"127.0.0.1:80/x\" has no scheme: write http://127.0.0.1:80/x"),
        ("//h", "the url \"//h\" has no scheme: write http://h"),
        ("://h", "the url \"://h\" has no scheme: write http://h"),
        ("/", "the url \"/\" has no scheme: write http://localhost:5000"),
        ("h?u=http://x", "the url \"h…\" has no scheme: write http://h"),
        ("[::1]:5000", "the url \"[::1]:5000\" has no scheme: write http://[::1]:5000"),
        ("a:b@h", "the url \"…@h\" has no scheme: write http://localhost:5000"),
        ("http//h:5000", "the url \"http//h:5000\" has no scheme: write http://h:5000"),
        ("WSS//h", "the url \"WSS//h\" has no scheme: write wss://h"),
        ("localhost:5000/a//b", "the url \"localhost:5000/a//b\" has no scheme: write http://localhost:5000/a//b"),
        ("http:/h", "the url \"http:/h\" has no // behind \"http:\": write http://"),
        ("WSS:h", "the url \"WSS:h\" has no // behind \"wss:\": write wss://"),
        ("http:\\\\h", "the url \"http:\\\\h\" has no // behind \"http:\": write http://"),
        ("ftp://h", "unsupported scheme \"ftp\": use http, https, ws or wss"),
        ("http+unix://h", "unsupported scheme \"http+unix\": use http, https, ws or wss"),
        ("http://", "the url \"http://\" has no host: write http://localhost:5000"),
        ("http:///path", "the url \"http:///path\" has no host: write http://localhost:5000"),
        ("http://:5000", "the url \"http://:5000\" has no host: write http://localhost:5000"),
        ("http://?a=1", "the url \"http://…\" has no host: write http://localhost:5000"),
        ("http://u:p@", "the url \"…@\" has no host: write http://localhost:5000"),
        ("http://h:0", "the url \"http://h:0\" has a bad port: a port is a number from 1 to 65535"),
        ("http://h:65536", "the url \"http://h:65536\" has a bad port: a port is a number from 1 to 65535"),
        ("http://h:x", "the url \"http://h:x\" has a bad port: a port is a number from 1 to 65535"),
        ("http://h:+80", "the url \"http://h:+80\" has a bad port: a port is a number from 1 to 65535"),
        ("http://h:-1", "the url \"http://h:-1\" has a bad port: a port is a number from 1 to 65535"),
        ("http://h:٨٠", "the url \"http://h:٨٠\" has a bad port: a port is a number from 1 to 65535"),
        ("http://[::1]:x", "the url \"http://[::1]:x\" has a bad port: a port is a number from 1 to 65535"),
        ("http://[::1", "the url \"http://[::1\" has a [ without a ]: write an IPv6 address as [::1]"),
        ("http://[::1/]", "the url \"http://[::1/]\" has a [ without a ]: write an IPv6 address as [::1]"),
        ("http://[]", "the url \"http://[]\" has no IPv6 address between [ and ]: write it as [::1]"),
        ("http://[h]", "the url \"http://[h]\" has no IPv6 address between [ and ]: write it as [::1]"),
        ("http://[::1]80", "the url \"http://[::1]80\" has something other than a port behind the ]: write [::1]:5000"),
        ("http://::1", "the url \"http://::1\" has more than one colon in its host: write an IPv6 address as [::1]"),
        (
            "http://a%41",
            "the url \"http://a%41\" has a host with \"%\": write letters, digits, \".\", \"-\" and \"_\" only"
        ),
        (
            "http://a\\b",
            "the url \"http://a\\b\" has a host with \"\\\": write letters, digits, \".\", \"-\" and \"_\" only"
        ),
        ("http://é", "the url \"http://é\" has a host with letters that are not ASCII: write its xn-- form, xn--9ca"),
        (
            "http://\u{301}h",
            "the url \"http://\u{301}h\" has a host with letters that are not ASCII: write its xn-- form, which the command idn2 prints"
        ),
        (
            " http://h",
            "the url \"\u{20}http://h\" has a space at byte 1: leave it out, or write %20"
        ),
        (
            "http://h?a=b c",
            "the url \"http://h…\" has a space at byte 13: leave it out, or write %20"
        ),
        (
            "http://h\r\n",
            "the url \"http://h\u{FFFD}\u{FFFD}\" has the control character 13 at byte 9: leave it out"
        ),
        (
            "http://h\0",
            "the url \"http://h\u{FFFD}\" has the control character 0 at byte 9: leave it out"
        ),
        (
            "http://h?a=\u{7F}",
            "the url \"http://h…\" has the control character 127 at byte 12: leave it out"
        ),
        ("http://h?a=%", "the url \"http://h…\" has a % without two hexadecimal digits in its query: write %25"),
        ("http://h?a=%2", "the url \"http://h…\" has a % without two hexadecimal digits in its query: write %25"),
        ("http://h?a=%+1", "the url \"http://h…\" has a % without two hexadecimal digits in its query: write %25"),
        ("http://u:%zz@h", "the url \"…@h\" has a % without two hexadecimal digits before the @: write %25"),
    ])
    func badAddresses(text: String, message: String) {
        #expect(self.error(text) == message)
    }

    @Test(arguments: [
        "http://user:hunter2@h:x", "http://user:hunter2@[::1", "http://user:hunter2/x@h", "http://user:hunter2?x@h:0",
        "http://user:hunter2#@h", "user:hunter2@h", "ftp://user:hunter2@h", "http://user:hunter2@a@é",
        "http://h:x?token=hunter2", "h?token=hunter2", "http://user:hunter2@h%", "http://user:%hunter2@h",
        "http://user:hunter2 @h", "http://h?token=hunter2%",
    ])
    func messagesShowNoSecrets(text: String) throws {
        #expect(try #require(self.error(text)).contains("hunter2") == false)
    }

    @Test func longHosts() throws {
        let label = String(repeating: "a", count: 49) + "."
        let name = String(repeating: label, count: 5) + "com."
        #expect(name.utf8.count == 254)
        #expect(try ServerURL("http://\(name):1").host == name)
        #expect(self.error("http://b\(name)")?.hasSuffix("has a host of 255 bytes: no name is longer than 253") == true)
        let zone = String(repeating: "z", count: 254)
        #expect(try ServerURL("http://[fe80::1%\(zone)]").host == "fe80::1%" + zone)
        #expect(self.error("http://[fe80::1%z\(zone)]") != nil)
    }

    @Test func longAddresses() {
        let long = String(repeating: "a", count: 100_000)
        #expect(
            self.error("http://" + long)?.hasSuffix("has a host of 100000 bytes: no name is longer than 253") == true)
        for text in [long, long + "://h", "http://h:" + long, "http://[" + long + "]", "http://[" + long] {
            #expect((self.error(text)?.utf8.count ?? .max) < 1000)
        }
    }

    @Test(arguments: ["a", "/", "?", "&", "%41", "@", ":", "[", "\u{301}", "sid&", "../", "#", "\r\n"])
    func longRubbishTakesNoLongTime(piece: String) throws {
        let rubbish = String(repeating: piece, count: 100_000 / piece.utf8.count)
        let server = try ServerURL("http://h")
        let time = ContinuousClock().measure {
            for start in ["", "http://", "http://[", "http://h/", "http://h?"] {
                let text = start + rubbish
                if let url = try? ServerURL(text) {
                    _ = url.requestTarget(engineIOPath: text, transport: "polling", sid: text, timestamp: nil)
                }
                _ = try? server.resolve(location: text, engineIOPath: text)
            }
        }
        #expect(time < .seconds(20))
    }

    @Test func randomRubbishIsNoCrash() {
        let pieces = [
            "http", "ws", ":", "//", "/", "@", "[", "]", "::1", "%25", "%", "?", "#", "&", "=", "sid", "t", "h", ".",
            "..",
            "99999", "80", "é", "\u{301}", "\0", " ", "\r\n", "\u{10FFFF}",
        ]
        var generator = SeededGenerator(seed: 11)
        var accepted = 0
        let slash = UInt8(ascii: "/")
        for _ in 0..<20_000 {
            let text = (0..<generator.below(10)).map { _ in pieces[generator.below(pieces.count)] }.joined()
            for candidate in [text, "http://" + text, "http://h" + text] {
                guard let url = try? ServerURL(candidate) else { continue }
                accepted += 1
                let target = url.requestTarget(engineIOPath: text, transport: "polling", sid: text, timestamp: "1.5")
                #expect(target.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(candidate)")
                #expect(target.utf8.count { $0 == UInt8(ascii: "?") } >= 1)
                guard let (resolved, path) = try? url.resolve(location: text, engineIOPath: text) else { continue }
                #expect(path.utf8.first == slash && path.utf8.last == slash, "\(candidate) to \(text)")
                #expect(!resolved.host.isEmpty)
            }
        }
        #expect(accepted > 1000)
    }

    // MARK: - Requests

    @Test(arguments: [
        ("http://h", "engine.io", "/engine.io/?transport=polling&EIO=4"),
        ("http://h/ignored", "/engine.io/", "/engine.io/?transport=polling&EIO=4"),
        ("http://h?b=2&a=1", "engine.io", "/engine.io/?b=2&a=1&transport=polling&EIO=4"),
        ("http://h?sid=x&t=5&EIO=3", "engine.io", "/engine.io/?t=5&transport=polling&EIO=4"),
        ("http://h?a=é\u{10FFFF}", "engine.io", "/engine.io/?a=%C3%A9%F4%8F%BF%BF&transport=polling&EIO=4"),
        ("http://h", "", "/?transport=polling&EIO=4"),
        ("http://h", "///", "/?transport=polling&EIO=4"),
        ("http://h", "//deep//path///", "/deep//path/?transport=polling&EIO=4"),
        ("http://h", "a b/ü%20?#\r\n", "/a%20b/%C3%BC%20%3F%23%0D%0A/?transport=polling&EIO=4"),
    ])
    func requestTargets(text: String, path: String, target: String) throws {
        let url = try ServerURL(text)
        #expect(url.requestTarget(engineIOPath: path, transport: "polling", sid: nil, timestamp: nil) == target)
    }

    /// Bytes that RFC 3986 does not allow (sections 3.3 and 3.4) are encoded, except brackets, which all clients leave.
    @Test func everyByteOfARequestTarget() throws {
        let unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"
        let inPath = unreserved + "!$&'()*+,;=:@/%[]"
        var url = try ServerURL("http://h")
        let digits = Array("0123456789ABCDEF")
        for byte in 0..<UInt8(0x80) {
            let character = Character(UnicodeScalar(byte))
            let text = "x\(character)y"
            let encoded = "x%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])y"
            url.query = text
            let target = url.requestTarget(engineIOPath: text, transport: "polling", sid: text, timestamp: nil)
            let path = inPath.contains(character) ? text : encoded
            let query = (inPath + "?").contains(character) ? text : encoded
            let sid = unreserved.contains(character) ? text : encoded
            #expect(target == "/\(path)/?\(query)&transport=polling&EIO=4&sid=\(sid)")
        }
    }

    @Test func nothingSplitsARequest() throws {
        let attack = "x HTTP/1.1\r\nHost: evil\r\n\r\nGET /\u{85}\u{2028}\0"
        var url = try ServerURL("http://h")
        url.query = attack
        let target = url.requestTarget(engineIOPath: attack, transport: "websocket", sid: attack, timestamp: "1")
        #expect(target.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        #expect(target.hasSuffix("&sid=x%20HTTP%2F1.1%0D%0AHost%3A%20evil%0D%0A%0D%0AGET%20%2F%C2%85%E2%80%A8%00&t=1"))
        let (resolved, path) = try url.resolve(location: "/é\u{85}?a=\u{2028}", engineIOPath: "")
        #expect(
            resolved.requestTarget(engineIOPath: path, transport: "polling", sid: nil, timestamp: nil)
                == "/%C3%A9%C2%85/?a=%E2%80%A8&transport=polling&EIO=4")
    }

    @Test func orderOfTheParameters() throws {
        let url = try ServerURL("ws://h?room=1")
        #expect(
            url.requestTarget(engineIOPath: "engine.io", transport: "websocket", sid: "a+/=é ~-._", timestamp: "1.25")
                == "/engine.io/?room=1&transport=websocket&EIO=4&sid=a%2B%2F%3D%C3%A9%20~-._&t=1.25")
    }

    @Test(arguments: [
        ("http://h", "ws://h", true), ("http://h:80", "http://H/x?y", true), ("https://h", "wss://h:443", true),
        ("http://h", "https://h", false), ("http://h", "http://h:81", false), ("http://h", "http://i", false),
        ("http://u:p@h", "http://h", true), ("http://[::1]", "http://[::2]", false),
    ])
    func origins(one: String, other: String, isSame: Bool) throws {
        #expect(try ServerURL(one).isSameOrigin(as: ServerURL(other)) == isSame)
    }

    // MARK: - Redirects

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
