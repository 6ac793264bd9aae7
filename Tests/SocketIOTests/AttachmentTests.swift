import EngineIO
import Testing

@testable import SocketIO

/// The messages after one that announces attachments.
struct AttachmentTests {
    private static let one: TestMessage = #"51-["a",{"_placeholder":true,"num":0}]"#
    private static let two: TestMessage = #"52-/adm,7["b",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#

    @Test func attachmentsComeWithTheirPacket() {
        let read = ReadMessages([Self.one, .binary("abc"), Self.two, .binary("x"), .binary(""), #"2["c"]"#])
        #expect(read.error == nil)
        #expect(
            read.packets == [
                ReadPacket(
                    type: .binaryEvent, payload: #"["a",{"_placeholder":true,"num":0}]"#, attachments: ["abc"]),
                ReadPacket(
                    type: .binaryEvent, namespace: "/adm", id: "7",
                    payload: #"["b",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]"#,
                    attachments: ["x", ""]),
                .event(#"["c"]"#),
            ])
    }

    @Test func acksHaveAttachments() {
        let read = ReadMessages([#"61-15["bar",{"_placeholder":true,"num":0}]"#, .binary("1")])
        #expect(read.packets.first?.type == .binaryAck)
        #expect(read.packets.first?.id == "15")
        #expect(read.packets.first?.attachments == ["1"])
    }

    @Test func leadingZerosOfTheNumber() {
        #expect(ReadMessages([#"501-["a"]"#]).isIncomplete)
        #expect(ReadMessages([#"501-["a"]"#, .binary("x")]).packets.first?.attachments == ["x"])
    }

    @Test func aPacketIsIncompleteUntilItsLastAttachment() {
        let read = ReadMessages([Self.two, .binary("x")])
        #expect(read.packets.isEmpty)
        #expect(read.isIncomplete)
        #expect(read.error == nil)
    }

    @Test func aTextAmongAttachments() {
        #expect(
            ReadMessages([Self.one, #"2["x"]"#]).error == "a text message before the last 1 attachments of a packet")
        #expect(ReadMessages([Self.two, .binary("x"), "1"]).packets.isEmpty)
    }

    @Test func binaryWithoutAPacket() {
        let start = "a binary message that no packet has announced; it begins with the byte"
        #expect(ReadMessages([.binary("abc")]).error == "\(start) 0x61")
        #expect(ReadMessages([.binary("\u{8}")]).error == "\(start) 0x08")
        #expect(
            ReadMessages([.binary("")]).error == "a binary message without data that no packet has announced")
        #expect(ReadMessages([Self.one, .binary("x"), .binary("y")]).error == "\(start) 0x79")
        #expect(ReadMessages([#"50-["a"]"#, .binary("y")]).error == "\(start) 0x79")
        var reader = SocketIOPacketReader(.json, maximumAttachments: 1, maximumSize: 1)
        #expect(throws: SocketIOPacketError("\(start) 0x83: the server uses msgpack")) {
            try withUnsafeBytes(of: UInt8(0x83)) { try reader.read(.binary, $0) }
        }
    }

    @Test func theNumberOfAttachmentsIsLimited() {
        let read = ReadMessages([#"53-["a"]"#], maximumAttachments: 2)
        #expect(read.error == "a packet with more attachments than max_attachments allows (2)")
        #expect(ReadMessages([#"52-["a"]"#], maximumAttachments: 2).isIncomplete)
    }

    @Test func theirSizeIsLimitedTogether() {
        // 8, 3 and 5 bytes.
        let messages: [TestMessage] = [#"52-["a"]"#, .binary("abc"), .binary("defgh")]
        #expect(ReadMessages(messages, maximumSize: 16).packets.count == 1)
        #expect(ReadMessages(messages, maximumSize: 15).error == Self.over(16, limit: 15))
    }

    private static func over(_ size: Int, limit: Int) -> String {
        "a packet of \(size) bytes with its attachments, over the limit of \(limit) bytes (max_message_size)"
    }

    @Test func theSizeIsCheckedBeforeTheLast() {
        let read = ReadMessages([#"53-["a"]"#, .binary("0123456789")], maximumSize: 17)
        #expect(read.error == Self.over(18, limit: 17))
        #expect(ReadMessages([#"53-["a"]"#], maximumSize: 7).error == Self.over(8, limit: 7))
    }
}
