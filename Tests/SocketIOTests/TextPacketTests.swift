import EngineIO
import Testing

@testable import SocketIO

/// Every text that the reference (python-socketio 5.18.1 and socket.io-parser 4.2.6) decodes, and what is made of it.
struct TextPacketTests {
    private static let digits20 = "99999999999999999999"

    static let accepted: [(String, ReadPacket)] = [
        ("0", ReadPacket(type: .connect)),
        ("0{}", ReadPacket(type: .connect, payload: "{}")),
        ("0/admin", ReadPacket(type: .connect, namespace: "/admin")),
        ("0/admin?x=1,{}", ReadPacket(type: .connect, namespace: "/admin", payload: "{}")),
        ("0/admin?x=1", ReadPacket(type: .connect, namespace: "/admin")),
        (#"0/admin{"sid":"a"}"#, ReadPacket(type: .connect, namespace: #"/admin{"sid":"a"}"#)),
        (#"0/a,{"token":"1"}"#, ReadPacket(type: .connect, namespace: "/a", payload: #"{"token":"1"}"#)),
        ("1", ReadPacket(type: .disconnect)),
        ("1/a,", ReadPacket(type: .disconnect, namespace: "/a")),
        ("1/a", ReadPacket(type: .disconnect, namespace: "/a")),
        (#"1{"message":"no"}"#, ReadPacket(type: .disconnect, payload: #"{"message":"no"}"#)),
        ("1null", ReadPacket(type: .disconnect, payload: "null")),
        (#"2["x"]"#, .event(#"["x"]"#)),
        (#"2 ["a"]"#, .event(#"["a"]"#)),
        (#"2 [ "a" ]"#, .event(#"[ "a" ]"#)),
        (#"2[1,"x"]"#, .event(#"[1,"x"]"#)),
        ("2[1.5]", .event("[1.5]")),
        ("2[-1]", .event("[-1]")),
        (#"2["message",1]"#, .event(#"["message",1]"#)),
        (#"2["error",1]"#, .event(#"["error",1]"#)),
        (#"2["connected"]"#, .event(#"["connected"]"#)),
        (#"2["Connect"]"#, .event(#"["Connect"]"#)),
        (#"2["\u0063onnected"]"#, .event(#"["\u0063onnected"]"#)),
        (#"2["*"]"#, .event(#"["*"]"#)),
        (#"2[""]"#, .event(#"[""]"#)),
        (#"20["a"]"#, .event(#"["a"]"#, id: "0")),
        (#"2012["a"]"#, .event(#"["a"]"#, id: "012")),
        (#"2/a,12["a"]"#, .event(#"["a"]"#, "/a", id: "12")),
        (#"2/a,0["x",1,null,null]"#, .event(#"["x",1,null,null]"#, "/a", id: "0")),
        ("2\(digits20)[\"a\"]", .event(#"["a"]"#, id: digits20)),
        (
            "2" + String(repeating: "9", count: 100) + #"["a"]"#,
            .event(#"["a"]"#, id: String(repeating: "9", count: 100))
        ),
        // Only the payload's reader finds that these are not JSON.
        (#"2["a"]x"#, .event(#"["a"]x"#)),
        (#"2["a""#, .event(#"["a""#)),
        // Without a comma all of it is a namespace, which nobody asked for.
        (#"2/a["x"]"#, ReadPacket(type: .event, namespace: #"/a["x"]"#)),
        ("2/a", ReadPacket(type: .event, namespace: "/a")),
        (#"2//,["a"]"#, .event(#"["a"]"#, "//")),
        ("30[]", ReadPacket(type: .ack, id: "0", payload: "[]")),
        ("3[]", ReadPacket(type: .ack, payload: "[]")),
        ("3/a,12[1]", ReadPacket(type: .ack, namespace: "/a", id: "12", payload: "[1]")),
        ("4", ReadPacket(type: .connectError)),
        ("44", ReadPacket(type: .connectError, id: "4")),
        (#"4"text""#, ReadPacket(type: .connectError, payload: #""text""#)),
        (#"4/b,{"message":"x"}"#, ReadPacket(type: .connectError, namespace: "/b", payload: #"{"message":"x"}"#)),
        (#"4["x","y"]"#, ReadPacket(type: .connectError, payload: #"["x","y"]"#)),
        (#"50-["a"]"#, ReadPacket(type: .binaryEvent, payload: #"["a"]"#)),
        (#"5-["a"]"#, ReadPacket(type: .binaryEvent, payload: #"["a"]"#)),
        ("60-5[]", ReadPacket(type: .binaryAck, id: "5", payload: "[]")),
        (#"2["a",{"_placeholder":true,"num":0}]"#, .event(#"["a",{"_placeholder":true,"num":0}]"#)),
    ]

    @Test(arguments: accepted) func validTexts(text: String, packet: ReadPacket) {
        let read = ReadMessages([.text(text)])
        #expect(read.error == nil)
        #expect(read.packets == [packet])
        // Nothing is left over that the next message would meet.
        #expect(ReadMessages([.text(text), "1"]).packets == [packet, ReadPacket(type: .disconnect)])
    }

    private static let notAPacket = "a message that is not a Socket.IO packet; does the server speak plain Engine.IO?"
    private static let reserved = "an event with a reserved name"
    private static let name = "an event whose name is not a string"
    private static let noCount = "a packet with attachments that does not say how many"
    private static let notArray = "an event whose payload is not an array"

    static let illegal: [(String, String)] = [
        ("", notAPacket), ("7", notAPacket), (#"7["a"]"#, notAPacket), ("9", notAPacket), ("abc", notAPacket),
        (#" 2["a"]"#, notAPacket), (#"{"a":1}"#, notAPacket),
        ("0null", "a CONNECT packet whose payload is not an object"),
        ("0[]", "a CONNECT packet whose payload is not an object"),
        (#"0"x""#, "a CONNECT packet whose payload is not an object"),
        ("0chat,{}", "a CONNECT packet whose payload is not an object"),
        ("2", "an event without a payload"), ("2/a,", "an event without a payload"),
        ("2/a,5", "an event without a payload"),
        ("2[]", name), ("2[null]", name), ("2[true]", name), ("2[", name), ("2[[]]", name), ("2{}", notArray),
        (#"2["connect"]"#, reserved), (#"2["connect_error",1]"#, reserved), (#"2["disconnect"]"#, reserved),
        (#"2["disconnecting"]"#, reserved), (#"2["newListener"]"#, reserved), (#"2["removeListener"]"#, reserved),
        (#"2[ "connect"]"#, reserved), (#"2/a,7["disconnect"]"#, reserved),
        (#"2["\u0063onnect"]"#, reserved), (#"2["connec\u0074"]"#, reserved),
        (#"2["\u0072\u0065\u006D\u006f\u0076\u0065\u004c\u0069\u0073\u0074\u0065\u006e\u0065\u0072"]"#, reserved),
        ("2" + String(repeating: "9", count: 101) + #"["a"]"#, "an ack id of more than 100 digits"),
        (#"2-1["a"]"#, notArray), ("2+1[1]", notArray), ("21.5[1]", notArray), ("21e3[1]", notArray),
        (#"2abc["a"]"#, notArray), (#"2/a,b,["a"]"#, notArray), (#"2,["a"]"#, notArray),
        (#"21-["a"]"#, "a number of attachments in a packet without attachments"),
        ("31", "an ack without a payload"), ("3null", "an ack whose payload is not an array"),
        ("31{}", "an ack whose payload is not an array"),
        ("5", noCount), ("51", noCount), (#"51["a"]"#, noCount), (#"5["a"]"#, noCount), (#"5a-["a"]"#, noCount),
        (#"51.5-["a"]"#, noCount), (#"6["a"]"#, noCount),
        (#"51-[{"_placeholder":true,"num":0}]"#, name),
        (#"51001-["a"]"#, "a packet with more attachments than max_attachments allows (1000)"),
        (#"51000000000000-["a"]"#, "a packet with more attachments than max_attachments allows (1000)"),
        (#"599999999999999999999999-["a"]"#, "a packet with more attachments than max_attachments allows (1000)"),
    ]

    @Test(arguments: illegal) func illegalTexts(text: String, error: String) {
        let read = ReadMessages([.text(text)])
        #expect(read.packets.isEmpty)
        #expect(read.error == error)
    }

    @Test func theServerNamesItsPeer() {
        let read = ReadMessages(["hello"], side: .server)
        #expect(read.error?.hasSuffix("does the client speak plain Engine.IO?") == true)
    }

    @Test(
        arguments: [
            ("0", 0), ("012", 12), ("18446744073709551615", UInt64.max), ("18446744073709551616", nil),
            ("9999999999999999999", 9_999_999_999_999_999_999), ("99999999999999999999", nil), ("", nil),
        ] as [(String, UInt64?)])
    func idsAsNumbers(digits: String, number: UInt64?) {
        var digits = digits
        #expect(digits.withUTF8 { SocketIOSerializer.json.number(ofID: UnsafeRawBufferPointer($0)) } == number)
    }

    /// The short way reads the acks of the main namespace as the long one does, and nothing else.
    @Test(arguments: Self.accepted.map { $0.0 } + ["3" + digits20 + "[]", "3" + digits20.dropLast() + "[]", "300[1]"])
    func plainAcks(text: String) throws {
        var text = text
        try text.withUTF8 {
            let bytes = UnsafeRawBufferPointer($0)
            let packet = try ReceivedSocketIOPacket(text: bytes, maximumAttachments: 1000)
            let ack = PlainAck(text: bytes)
            let isPlain = packet.type == .ack && packet.namespace.count == 1 && (1...19).contains(packet.id.count)
            #expect((ack != nil) == isPlain)
            guard let ack else { return }
            #expect(ack.id == SocketIOSerializer.json.number(ofID: packet.id))
            #expect(ack.digits.elementsEqual(packet.id) && ack.payload.elementsEqual(packet.payload))
        }
    }

    @Test(arguments: ["3", "31", "31]", "31{}", "3[", "3/a,1[]", "3-1[]", "3 1[]", "31 []", "21[]", ""])
    func otherMessagesAreNotPlainAcks(text: String) {
        var text = text
        #expect(text.withUTF8 { PlainAck(text: UnsafeRawBufferPointer($0)) == nil })
    }

    /// The short way reads the events of the main namespace without an ack id as the long one does, and nothing else.
    @Test(arguments: Self.accepted.map { $0.0 } + [#"2["a","b"]"#, #"2["connected"]"#, #"2["a"#])
    func plainEvents(text: String) throws {
        var text = text
        var reader = SocketIOPacketReader(.json, maximumAttachments: 1000, maximumSize: 1000)
        try text.withUTF8 {
            let bytes = UnsafeRawBufferPointer($0)
            let packet = try ReceivedSocketIOPacket(text: bytes, maximumAttachments: 1000)
            let payload = reader.plainEvent(.text, bytes)
            let isPlain = packet.type == .event && bytes.starts(with: #"2[""#.utf8)
            #expect((payload != nil) == isPlain)
            if let payload { #expect(payload.elementsEqual(packet.payload)) }
        }
    }

    @Test(
        arguments: [
            "2", "2[", #"2[""#, "2[1]", "2[]", #"2["connect"]"#, #"2["\u0063onnect"]"#, #"2 ["a"]"#, #"21["a"]"#, "",
        ])
    func otherMessagesAreNotPlainEvents(text: String) {
        var text = text
        var reader = SocketIOPacketReader(.json, maximumAttachments: 10, maximumSize: 1000)
        #expect(text.withUTF8 { reader.plainEvent(.text, UnsafeRawBufferPointer($0)) } == nil)
    }

    @Test func attachmentsComeBeforePlainEvents() throws {
        var reader = SocketIOPacketReader(.json, maximumAttachments: 10, maximumSize: 1000)
        var (event, binary) = (#"2["a"]"#, #"51-["a",{"_placeholder":true,"num":0}]"#)
        #expect(event.withUTF8 { reader.plainEvent(.text, UnsafeRawBufferPointer($0)) } != nil)
        #expect(event.withUTF8 { reader.plainEvent(.binary, UnsafeRawBufferPointer($0)) } == nil)
        try binary.withUTF8 { _ = try reader.read(.text, UnsafeRawBufferPointer($0)) }
        #expect(event.withUTF8 { reader.plainEvent(.text, UnsafeRawBufferPointer($0)) } == nil)
        reader.restart()
        reader.stop()
        #expect(event.withUTF8 { reader.plainEvent(.text, UnsafeRawBufferPointer($0)) } == nil)
    }

    @Test func attachmentsComeBeforePlainAcks() throws {
        var reader = SocketIOPacketReader(.json, maximumAttachments: 10, maximumSize: 1000)
        var (ack, event) = ("31[]", #"51-["a",{"_placeholder":true,"num":0}]"#)
        try event.withUTF8 { _ = try reader.read(.text, UnsafeRawBufferPointer($0)) }
        #expect(ack.withUTF8 { reader.plainAck(.text, UnsafeRawBufferPointer($0)) } == nil)
        reader.restart()
        #expect(ack.withUTF8 { reader.plainAck(.text, UnsafeRawBufferPointer($0)) }?.id == 1)
        #expect(ack.withUTF8 { reader.plainAck(.binary, UnsafeRawBufferPointer($0)) } == nil)
        reader.stop()
        #expect(ack.withUTF8 { reader.plainAck(.text, UnsafeRawBufferPointer($0)) } == nil)
    }
}
