import NIOHTTP1
import Testing

@testable import EngineIOClient

/// The texts that ``SecretMask`` shows instead of those with secrets.
struct SecretMaskTests {
    @Test(arguments: [
        // The same for everybody.
        ("Host", "h", "h"), ("upgrade", "websocket", "websocket"), ("CONTENT-TYPE", "text/plain", "text/plain"),
        ("Sec-WebSocket-Key", "a==", "a=="), ("retry-after", "3", "3"),
        // Secrets, and all that nobody knows.
        ("Cookie", "io=1", "***"), ("set-cookie", "io=1; Path=/", "***"), ("Authorization", "Basic abc", "***"),
        ("X-Token", "t", "***"), ("Host2", "h", "***"), ("Sec-WebSocket-Protocol", "v1", "***"),
        // A redirect's address, whole or not.
        ("Location", "https://u:p@h/a?t=1#f", "https://***@h/a?t=***#***"),
        ("location", "/a?sid=1&EIO=4", "/a?sid=***&EIO=4"),
    ])
    func headers(name: String, value: String, shown: String) {
        let masked = SecretMask.headers(HTTPHeaders([(name, value)]))
        #expect(masked.map(\.name) == [name])
        #expect(masked.map(\.value) == [shown])
    }

    @Test(arguments: [
        ("/engine.io/?EIO=4&transport=polling&sid=abc", "/engine.io/?EIO=4&transport=polling&sid=***"),
        ("/?t=1234.5&b64=1", "/?t=1234.5&b64=1"), ("/?t=secret", "/?t=***"), ("/?t=1.x", "/?t=***"),
        ("/?token", "/?***"), ("/?a=1&b=2", "/?a=***&b=***"), ("/?eio=4", "/?eio=***"), ("/?EIO", "/?EIO"),
        ("/a/b", "/a/b"), ("/?", "/?"), ("/?a=b=c", "/?a=***"), ("/#token", "/#***"), ("/?a=1#b?c", "/?a=***#***"),
        ("/?a=\u{E9}", "/?a=***"),
    ])
    func targets(target: String, shown: String) {
        #expect(SecretMask.target(target) == shown)
    }

    @Test(arguments: [("token=1&room=2", "token=***&room=***"), ("EIO=4", "EIO=***"), ("token", "***"), ("", "")])
    func queries(query: String, shown: String) {
        #expect(SecretMask.query(query) == shown)
    }

    @Test(arguments: [
        ("http://h:1/a", "http://h:1/a"), ("http://u:p@h:1/a", "http://***@h:1/a"), ("http://u@h", "http://***@h"),
        ("http://a@b@h", "http://***@h"), ("ws://h?token=1", "ws://h?token=***"), ("ws://h#token", "ws://h#***"),
        // An @ after the host is not about a password.
        ("http://h/a@b", "http://h/a@b"), ("http://h:80/a@b", "http://h:80/a@b"),
        ("http://[::1]:80/a@b", "http://[::1]:80/a@b"),
        // A password with / or ? in it: the part before the @ is not a server.
        ("http://u:p/a@h/x", "http://***@h/x"), ("http://u:p?a@h?t=1", "http://***@h?t=***"),
        ("http://u:p#a@h", "http://***@h"), ("http://u:p/b@c@h", "http://***@h"),
        // A text without a scheme is not an address.
        ("u:p@h", "u:p@h"), ("", ""),
    ])
    func addresses(address: String, shown: String) {
        #expect(SecretMask.url(address) == shown)
    }

    @Test(arguments: [("u:p@h", "***@h"), ("h:80", "h:80"), ("h?token=1", "h?token=***"), ("word", "word")])
    func addressesWhoseSchemeMayBeMissing(address: String, shown: String) {
        #expect(SecretMask.url(address, hasScheme: false) == shown)
    }
}
