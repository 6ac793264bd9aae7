import Testing

@testable import EngineIO

struct ServerURLTests {
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
}
