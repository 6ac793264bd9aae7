import SocketIO
import Testing

@testable import SocketIOServer

/// Payloads of events that are checked and taken apart without being read into values.
struct ReceivedEventTests {
    private struct Read: Equatable {
        var name: String
        var arguments = ""
        var first: String?
        var others = ""
        var error: String?
    }

    private func read(_ payload: String, attachments: Int = 0) -> Read {
        var payload = payload
        return payload.withUTF8 { bytes in
            do {
                let event = try ReceivedEvent(UnsafeRawBufferPointer(bytes), attachmentCount: attachments)
                let text = { (bytes: UnsafeRawBufferPointer) in String(decoding: bytes, as: UTF8.self) }
                return Read(
                    name: event.name, arguments: text(event.arguments), first: event.first.map { text($0.bytes) },
                    others: text(event.others))
            } catch {
                return Read(name: "", error: "\(error)")
            }
        }
    }

    @Test func payloadsAreTakenApart() {
        #expect(self.read(#"["a"]"#) == Read(name: "a"))
        #expect(self.read(#"["a",1]"#) == Read(name: "a", arguments: "1", first: "1"))
        #expect(
            self.read(#"["a","x",{"3":[true]},null]"#)
                == Read(name: "a", arguments: #""x",{"3":[true]},null"#, first: #""x""#, others: #"{"3":[true]},null"#))
        #expect(
            self.read(" [ \"a\" , [ ] , { } ] ")
                == Read(name: "a", arguments: " [ ] , { }", first: "[ ]", others: " { }"))
        #expect(self.read(#"["\u0061\n"]"#).name == "a\n")
        #expect(self.read("[1.5,2]").name == "1.5")
    }

    @Test func acksHaveNoName() throws {
        for (payload, arguments) in [("[]", ""), ("[ ]", ""), ("[1]", "1"), (#"["a",[2]]"#, #""a",[2]"#)] {
            var payload = payload
            try payload.withUTF8 {
                let ack = try ReceivedEvent(UnsafeRawBufferPointer($0), attachmentCount: 0, hasName: false)
                #expect(String(decoding: ack.arguments, as: UTF8.self) == arguments)
                #expect(ack.name == "")
            }
        }
        for payload in ["[", "[]]", "[1", "[1,]"] {
            var payload = payload
            payload.withUTF8 { bytes in
                _ = #expect(throws: SocketIOPacketError.self) {
                    try ReceivedEvent(UnsafeRawBufferPointer(bytes), attachmentCount: 0, hasName: false)
                }
            }
        }
    }

    @Test(arguments: [
        #"["a""#, #"["a",]"#, #"["a"]x"#, #"["a" 1]"#, #"["a",tru]"#, #"["a",{"b"}]"#, #"["a",{"b":1,}]"#,
        #"["a",{b:1}]"#, #"["a",[1}]"#, #"["a","\x"]"#, "[\"a\",\"\n\"]", #"["a",01]"#, "[1e]", #"["a",{1:2}]"#,
        #"["a",{"b":1 "c":2}]"#, "[\"a\",\u{1E}1]",
    ])
    func invalidPayloads(payload: String) {
        #expect(self.read(payload).error == "a packet whose payload is not valid JSON")
    }

    @Test func theDepthIsLimited() {
        let most = SocketIOValue.maximumDepth
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let nested = { (levels: Int) in
                let inner = String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
                return "[\"a\",\(inner)]"
            }
            #expect(self.read(nested(most)).error == nil)
            #expect(self.read(nested(most + 1)).error == "a packet with more than \(most) levels")
            #expect(self.read(nested(500_000)).error != nil)
        }
    }

    @Test func placeholdersNameAttachments() {
        for valid in [
            #"{"_placeholder":true,"num":0}"#, #"{"num":1,"x":[{}],"_placeholder":true}"#,
            #"{"_placeholder":1,"num":9}"#,
            #"{"_placeholder":false}"#, #"{"num":-1}"#, #"[[{"a":{"_placeholder":true,"num":1}}]]"#,
        ] {
            #expect(self.read("[\"a\",\(valid)]", attachments: 2).error == nil, "\(valid)")
        }
        for invalid in [
            #"{"_placeholder":true,"num":2}"#, #"{"_placeholder":true,"num":-1}"#, #"{"_placeholder":true}"#,
            #"{"_placeholder":true,"num":"0"}"#, #"{"_placeholder":true,"num":0.5}"#,
            #"{"_placeholder":true,"num":0,"num":5}"#, #"[[{"a":{"_placehold\u0065r":true,"num":2}}]]"#,
        ] {
            let error = self.read("[\"a\",\(invalid)]", attachments: 2).error
            #expect(error == "illegal attachments: a placeholder names one that does not exist", "\(invalid)")
            // Without attachments it is an object.
            #expect(self.read("[\"a\",\(invalid)]").error == nil)
        }
    }

    @Test(arguments: [
        (#"["message",1]"#, ServerEvent.message), (#"["message-with-ack"]"#, .other), (#"["unknown"]"#, .other),
        (#"["join","r"]"#, .join(room: "r")), (#"["leave","\u0072",1]"#, .leave(room: "r")),
        (#"["say","r","hello"]"#, .say(room: "r")), (#"["say",""]"#, .say(room: "")),
        (#"["ask","question",1]"#, .ask),
        (#"["ask",1]"#, .invalid("the first argument of ask is an event: a string")),
        (#"["ask","disconn\u0065ct"]"#, .invalid("the event of ask has a reserved name")),
        (#"["join"]"#, .invalid("the first argument of join is a room: a string")),
        (#"["say",5,"r"]"#, .invalid("the first argument of say is a room: a string")),
    ])
    func usesOfEvents(payload: String, use: ServerEvent) throws {
        var payload = payload
        let result = try payload.withUTF8 {
            ServerEvent(try ReceivedEvent(UnsafeRawBufferPointer($0), attachmentCount: 0))
        }
        #expect(result == use)
    }

    @Test func theNameOfARoomIsLimited() throws {
        for (length, isValid) in [(Rooms.longestName, true), (Rooms.longestName + 1, false)] {
            var payload = "[\"join\",\"\(String(repeating: "r", count: length))\"]"
            let use = try payload.withUTF8 {
                ServerEvent(try ReceivedEvent(UnsafeRawBufferPointer($0), attachmentCount: 0))
            }
            #expect((use == .join(room: String(repeating: "r", count: length))) == isValid)
            #expect((use == .invalid("a room has a name of at most 200 bytes")) == !isValid)
        }
    }
}
