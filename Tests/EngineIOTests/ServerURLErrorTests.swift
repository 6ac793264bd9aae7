import Testing

@testable import EngineIO

/// Addresses that are refused, and what the refusal says.
struct ServerURLErrorTests {
    private func error(_ text: String) -> String? {
        do { _ = try ServerURL(text) } catch { return error.description }
        return nil
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
}
