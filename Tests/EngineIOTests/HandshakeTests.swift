import EngineIO
import Testing

struct HandshakeTests {
    private static let open = #"{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"#

    private func read(_ text: String) throws(PacketError) -> Handshake { try Handshake(openPacketData: text.utf8) }

    private func error(_ text: String) -> String? {
        do { _ = try self.read(text) } catch { return error.description }
        return nil
    }

    @Test func theExampleOfTheProtocol() throws {
        #expect(
            try self.read(Self.open + #""maxPayload":1000000}"#)
                == Handshake(
                    sid: "abc", upgrades: ["websocket"], pingInterval: 25_000, pingTimeout: 20_000,
                    maxPayload: 1_000_000))
    }

    @Test func whatOlderServersLeaveOut() throws {
        let handshake = try self.read(#"{"sid":"abc","pingInterval":300,"pingTimeout":200}"#)
        #expect(
            handshake == Handshake(sid: "abc", upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: nil))
    }

    @Test func unknownMembersArePassedOver() throws {
        let handshake = try self.read(#"{"new":{"sid":"x"},"list":[1,[2]],"# + Self.open.dropFirst() + #""z":null}"#)
        #expect(handshake.sid == "abc")
        #expect(handshake.maxPayload == nil)
    }

    @Test(arguments: [
        ("300", 300), ("\"300\"", 300), ("300.0", 300), ("3e2", 300), ("0", 0), ("86400000", 86_400_000),
        ("299.6", 300),
    ])
    func numbersAsServersWriteThem(text: String, value: Int) throws {
        let interval = try self.read(#"{"sid":"a","pingInterval":\#(text),"pingTimeout":7}"#)
        #expect(interval.pingInterval == value)
        #expect(interval.pingTimeout == 7)
        let timeout = try self.read(#"{"sid":"a","pingInterval":7,"pingTimeout":\#(text)}"#)
        #expect(timeout.pingTimeout == value)
        #expect(timeout.pingInterval == 7)
    }

    @Test(arguments: [
        "-1", "86400001", "1e400", "-1e400", "1e300", "9223372036854775808", "\"\"", "\"x\"", "\"nan\"", "\"inf\"",
        "null", "true", "[]", "[\"300\"]", "{}",
    ])
    func timesThatAreNone(text: String) {
        for (name, other) in [("pingInterval", "pingTimeout"), ("pingTimeout", "pingInterval")] {
            #expect(
                self.error(#"{"sid":"a","\#(name)":\#(text),"\#(other)":1}"#)
                    == "the OPEN packet has no \"\(name)\" in milliseconds")
        }
    }

    @Test func timesThatAreMissing() {
        #expect(
            self.error(#"{"sid":"a","pingTimeout":1}"#) == "the OPEN packet has no \"pingInterval\" in milliseconds")
        #expect(
            self.error(#"{"sid":"a","pingInterval":1}"#) == "the OPEN packet has no \"pingTimeout\" in milliseconds")
    }

    @Test(arguments: ["", "\"sid\":\"\",", "\"sid\":1,", "\"sid\":null,", "\"sid\":[\"a\"],", "\"SID\":\"a\","])
    func aSessionNeedsAnId(member: String) {
        #expect(
            self.error("{\(member)\"pingInterval\":1,\"pingTimeout\":1}")
                == "the OPEN packet has no \"sid\" that is a string")
    }

    @Test func idsAreKeptAsTheyAre() throws {
        #expect(try self.read(#"{"sid":"a+/=\u0026 é","pingInterval":1,"pingTimeout":1}"#).sid == "a+/=& é")
    }

    @Test(arguments: [
        ("[]", []), (#"["websocket"]"#, ["websocket"]),
        (#"["webtransport","websocket"]"#, ["webtransport", "websocket"]),
    ])
    func upgrades(text: String, names: [String]) throws {
        #expect(try self.read(#"{"sid":"a","upgrades":\#(text),"pingInterval":1,"pingTimeout":1}"#).upgrades == names)
    }

    @Test(arguments: ["1", "\"websocket\"", "true", "{}", "[1]", "[\"websocket\",null]"])
    func upgradesThatAreNone(text: String) {
        #expect(
            self.error(#"{"sid":"a","upgrades":\#(text),"pingInterval":1,"pingTimeout":1}"#)
                == "the OPEN packet's \"upgrades\" is not a list of strings")
    }

    @Test(arguments: [
        ("100", 100), ("\"100\"", 100), ("1e8", 100_000_000), ("0", nil), ("-5", nil), ("null", nil), ("\"x\"", nil),
        ("[]", nil), ("1e400", nil),
    ])
    func maxPayload(text: String, value: Int?) throws {
        #expect(try self.read(Self.open + "\"maxPayload\":\(text)}").maxPayload == value)
    }

    @Test(arguments: ["", "hi", "[]", "\"abc\"", "null", "{", #"{"sid":"a""#, "{}}"])
    func dataThatIsNoObject(text: String) {
        #expect(self.error(text) == "the OPEN packet's data is not a JSON object")
    }
}

struct ServerRefusalTests {
    @Test(arguments: [
        (0, "Transport unknown"), (1, "Session ID unknown"), (2, "Bad handshake method"), (3, "Bad request"),
        (4, "not for you"), (5, "Unsupported protocol version"),
    ])
    func engineIOsServer(code: Int, message: String) {
        let refusal = ServerRefusal(body: Array("{\"code\":\(code),\"message\":\"\(message)\"}".utf8))
        #expect(refusal.code == code)
        #expect(refusal.message == message)
        #expect(!refusal.isBareMessage)
        #expect((refusal.hint != nil) == (code == 1 || code == 5))
    }

    @Test func pythonsServer() {
        let refusal = ServerRefusal(body: "\"Invalid session X\"".utf8)
        #expect(refusal.message == "Invalid session X")
        #expect(refusal.isBareMessage)
        #expect(refusal.code == nil)
        #expect(refusal.hint == nil)
    }

    @Test(arguments: ["", "ok", "<html>502</html>", "[1]", "1", "{}", "{\"error\":\"x\"}", "{\"code\":\"1\"}", "\""])
    func bodiesThatSayNothing(body: String) {
        let refusal = ServerRefusal(body: body.utf8)
        #expect(refusal.code == nil)
        #expect(refusal.message == nil)
        #expect(refusal.hint == nil)
    }

    @Test func oneOfTheTwo() {
        let words = "The client is using an unsupported version of the Socket.IO or Engine.IO protocols"
        #expect(ServerRefusal(body: "\"\(words)\"".utf8).hint == ServerRefusal(body: #"{"code":5}"#.utf8).hint)
        #expect(ServerRefusal(body: #"{"code":1}"#.utf8).code == 1)
        #expect(ServerRefusal(body: #"{"code":null,"message":"m"}"#.utf8).message == "m")
        #expect(ServerRefusal(body: #"{"code":1e400,"message":2}"#.utf8).code == nil)
    }
}
