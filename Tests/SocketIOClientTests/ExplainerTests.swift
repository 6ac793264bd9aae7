import EngineIO
import EngineIOClient
import SocketIO
import Testing

@testable import SocketIOClient

/// Messages as a trace shows them.
struct ExplainerTests {
    private func line(_ explanation: MessageExplanation?) -> String? {
        guard let explanation else { return nil }
        var parts = explanation.fields.map { field in
            switch field.value {
            case .text(let text): "\(field.name)='\(text)'"
            case .json(let json): "\(field.name)=\(json)"
            }
        }
        if !explanation.data.isEmpty {
            parts.append(String(decoding: explanation.data, as: UTF8.self) + (explanation.isWhole ? "" : "…"))
        }
        return parts.joined(separator: " ")
    }

    private func text(_ message: String, limit: Int = 80) -> String? {
        Array(message.utf8).withUnsafeBytes {
            self.line(SocketIOExplainer(.json).explain(.received, .text, $0, limit: limit))
        }
    }

    private func messagePack(_ message: [UInt8], limit: Int = 80) -> String? {
        message.withUnsafeBytes {
            self.line(SocketIOExplainer(.messagePack).explain(.sent, .binary, $0, limit: limit))
        }
    }

    @Test(arguments: [
        (#"2["join"]"#, "packet='EVENT' namespace='/' event='join' arguments=[]"),
        (
            #"2/chat,12["q\"\u00fc" , {"a":1},2]"#,
            #"packet='EVENT' namespace='/chat' event='q"ü' id=12 arguments=[ {"a":1},2]"#
        ),
        ("2[7,1]", "packet='EVENT' namespace='/' event='7' arguments=[1]"),
        (#"3/chat,5["ok"]"#, #"packet='ACK' namespace='/chat' id=5 arguments=["ok"]"#),
        ("31[]", "packet='ACK' namespace='/' id=1 arguments=[]"),
        (
            #"51-["a",{"_placeholder":true,"num":0}]"#,
            #"packet='BINARY_EVENT' namespace='/' event='a' attachments=1 arguments=[{"_placeholder":true,"num":0}]"#
        ),
        (#"4/x,{"message":"no"}"#, #"packet='CONNECT_ERROR' namespace='/x' payload={"message":"no"}"#),
        ("1/x,", "packet='DISCONNECT' namespace='/x'"),
        ("0{}", "packet='CONNECT' namespace='/' payload={}"),
    ])
    func packetsHaveFields(_ message: String, _ line: String) { #expect(self.text(message) == line) }

    @Test(arguments: [
        #"0{"sid":"secret"}"#, #"0/chat,{"token":"secret"}"#, "0secret", #"0/a?token=secret,{}"#,
        #"0{"sid":"a","pid":"secret"}"#, #"0/a{"sid":"a","pid":"secret"}"#,
    ])
    func secretsAreMasked(_ message: String) throws {
        #expect(try #require(self.text(message)).contains("CONNECT"))
        #expect(!self.text(message)!.contains("secret"))
        let masked = Array(message.utf8).withUnsafeBytes { SocketIOExplainer(.json).masked(.text, $0) }
        #expect(try #require(masked).contains("secret") == false)
    }

    /// The client and the server may differ in the serializer.
    @Test func secretsOfTheOtherSerializerAreMasked() throws {
        let text = Array(#"0{"sid":"a","pid":"secret"}"#.utf8)
        let (line, logged) = text.withUnsafeBytes {
            let explainer = SocketIOExplainer(.messagePack)
            return (self.line(explainer.explain(.received, .text, $0, limit: 80)), explainer.masked(.text, $0))
        }
        #expect(line == "packet='CONNECT' payload='***'")
        #expect(logged == "0***")
        let pack = self.packet(0) + [0x81, 0xA3] + Array("pid".utf8) + [0xA6] + Array("secret".utf8)
        let binary = pack.withUnsafeBytes {
            self.line(SocketIOExplainer(.json).explain(.received, .binary, $0, limit: 80))
        }
        #expect(binary == "packet='CONNECT' payload='***'")
    }

    @Test func aDamagedConnectOfMessagePackIsMasked() {
        let pack = self.packet(0) + [0x82, 0xA3] + Array("pid".utf8) + [0xA6] + Array("secret".utf8)
        #expect(self.messagePack(pack) == "packet='CONNECT' payload='***'")
    }

    @Test func onlySecretsAreMasked() {
        let event = Array(#"2["a","0"]"#.utf8)
        #expect(event.withUnsafeBytes { SocketIOExplainer(.json).masked(.text, $0) } == nil)
        #expect(event.withUnsafeBytes { SocketIOExplainer(.json).masked(.binary, $0) } == nil)
    }

    @Test func longArgumentsAreCut() {
        #expect(
            self.text(#"2["a","0123456789"]"#, limit: 13)
                == #"packet='EVENT' namespace='/' event='a' ["0123456789"…"#)
        #expect(
            self.text(#"2["a","0123456789"]"#, limit: 14)
                == #"packet='EVENT' namespace='/' event='a' arguments=["0123456789"]"#)
        #expect(self.text(#"3["ü"]"#, limit: 3) == #"packet='ACK' namespace='/' ["…"#)
    }

    @Test func longNamesAreCut() {
        #expect(
            self.text(#"2/chats,["abcdü",1]"#, limit: 5)
                == #"packet='EVENT' namespace='/chat…' event='abcd…' arguments=[1]"#)
    }

    @Test func whatIsNotAPacketIsNotExplained() {
        #expect(self.text("hello") == nil)
        #expect(self.text("2") == nil)
        #expect(self.messagePack([0xC1]) == nil)
    }

    @Test func attachmentsFollowTheirPacket() {
        let explainer = SocketIOExplainer(.json)
        func explain(_ direction: TraceEvent.Direction, _ kind: MessageKind, _ message: String) -> String? {
            Array(message.utf8).withUnsafeBytes {
                self.line(explainer.explain(direction, kind, $0, limit: 3))
            }
        }
        #expect(explain(.sent, .text, #"52-["a"]"#)?.contains("attachments=2") == true)
        #expect(explain(.received, .binary, "other") == nil)
        #expect(explain(.sent, .binary, "abc") == "packet='ATTACHMENT' number=1 attachments=2 abc")
        #expect(explain(.sent, .binary, "abcd") == "packet='ATTACHMENT' number=2 attachments=2 abc…")
        #expect(explain(.sent, .binary, "e") == nil)
    }

    /// The beginning of `{"type": 2, "nsp": "/", "data": …}`.
    private func packet(_ type: UInt8) -> [UInt8] {
        var packet: [UInt8] = [0x83, 0xA4]
        packet += "type".utf8
        packet += [type, 0xA3]
        packet += "nsp".utf8
        packet += [0xA1, 0x2F, 0xA4]
        packet += "data".utf8
        return packet
    }

    private func event(_ data: [UInt8]) -> [UInt8] {
        self.packet(2) + data
    }

    @Test func messagePackIsShownAsJSON() {
        let arguments: [UInt8] =
            [0x98, 0xA1, 0x61, 0xC0, 0xC3, 0xFF, 0xD1, 0xFF, 0x00, 0xCB, 0x3F, 0xE0, 0, 0, 0, 0, 0, 0]
            + [0xC4, 0x02, 0, 1, 0x82, 0xA1, 0x62, 0x91, 0x05, 0xA1, 0x63, 0xCD, 0x01, 0x00]
        #expect(
            self.messagePack(self.event(arguments))
                == "packet='EVENT' namespace='/' event='a' "
                + #"arguments=[null,true,-1,-256,0.5,"<2 bytes>",{"b":[5],"c":256}]"#)
        #expect(self.messagePack(self.event([0x91, 0x07])) == "packet='EVENT' namespace='/' event='7' arguments=[]")
    }

    @Test func messagePackIsBounded() throws {
        let nested: [UInt8] = [0x92, 0xA1, 0x61] + [UInt8](repeating: 0x91, count: 5_000) + [0x01]
        let line = try #require(self.messagePack(self.event(nested), limit: 10))
        #expect(line == "packet='EVENT' namespace='/' event='a' [[[[[[[[[[…")
        let long: [UInt8] = [0x92, 0xA1, 0x61, 0xDA, 0x03, 0xE8] + [UInt8](repeating: 0x78, count: 1000)
        #expect(self.messagePack(self.event(long), limit: 5) == "packet='EVENT' namespace='/' event='a' [\"xxx…")
    }

    /// Every beginning of a message, and each byte of it replaced.
    @Test func damagedMessagesAreHarmless() {
        let pack = self.event([0x93, 0xA1, 0x61, 0x81, 0xA1, 0x62, 0x92, 0x05, 0xCD, 0x01, 0x00, 0xC4, 0x01, 0x00])
        let text = Array(#"52-/chat,12["q\"\u00fc" , {"a":1},[2]]"#.utf8)
        for byte in UInt8.min...(.max) {
            for index in pack.indices {
                var damaged = pack
                damaged[index] = byte
                _ = self.messagePack(damaged, limit: Int(byte) % 20)
                _ = self.messagePack(Array(damaged[...index]), limit: 3)
            }
            for index in text.indices {
                var damaged = text
                damaged[index] = byte
                for message in [damaged, Array(damaged[...index])] {
                    _ = self.text(String(decoding: message, as: UTF8.self), limit: Int(byte) % 20)
                }
            }
        }
    }

    @Test func connectOfMessagePackIsMasked() {
        var connect = self.packet(0)
        connect += [0x81, 0xA3]
        connect += "sid".utf8
        connect += [0xA6]
        connect += "secret".utf8
        #expect(self.messagePack(connect) == "packet='CONNECT' namespace='/' payload='***'")
    }
}
