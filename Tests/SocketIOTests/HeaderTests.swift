import Testing

@testable import SocketIO

/// Headers that are written, in both forms.
struct HeaderTests {
    /// The packet, with room in front of the payload as a sender has it.
    static func packet(
        _ serializer: SocketIOSerializer, _ type: SocketIOPacketType, _ namespace: String = "/",
        attachments: Int = 0, id: SocketIOHeader.ID = .none, payload: [UInt8]
    ) -> [UInt8] {
        var namespace = namespace
        return namespace.withUTF8 { name in
            var header = SocketIOHeader(type, namespace: UnsafeRawBufferPointer(name), id: id)
            header.attachmentCount = attachments
            var memory = [UInt8](repeating: 0xEE, count: header.room) + payload
            let count = memory.withUnsafeMutableBytes { memory in
                header.write(serializer, toEndOf: UnsafeMutableRawBufferPointer(rebasing: memory[..<header.room]))
            }
            let untouched = memory[..<(header.room - count)]
            #expect(untouched.allSatisfy { $0 == 0xEE })
            return Array(memory[(header.room - count)...])
        }
    }

    private static func text(
        _ type: SocketIOPacketType, in namespace: String = "/", attachments: Int = 0, id: SocketIOHeader.ID = .none,
        _ payload: String
    ) -> String {
        String(
            decoding: Self.packet(
                .json, type, namespace, attachments: attachments, id: id, payload: Array(payload.utf8)), as: UTF8.self)
    }

    @Test func textsOfTheReferenceEncoders() {
        #expect(Self.text(.connect, "{}") == "0{}")
        #expect(Self.text(.connect, in: "/a", #"{"token":"1"}"#) == #"0/a,{"token":"1"}"#)
        #expect(Self.text(.disconnect, "") == "1")
        #expect(Self.text(.disconnect, in: "/a", "") == "1/a,")
        #expect(Self.text(.event, #"["x"]"#) == #"2["x"]"#)
        #expect(Self.text(.event, in: "/a", id: .number(0), #"["x",1]"#) == #"2/a,0["x",1]"#)
        #expect(Self.text(.event, #"["é"]"#) == #"2["é"]"#)
        #expect(Self.text(.ack, id: .number(0), "[]") == "30[]")
        let placeholder = #"{"_placeholder":true,"num":0}"#
        #expect(
            Self.text(.binaryEvent, attachments: 2, #"["b",\#(placeholder)]"#) == #"52-["b",\#(placeholder)]"#)
        #expect(
            Self.text(.binaryEvent, in: "/adm", attachments: 1, id: .number(7), #"["a",\#(placeholder)]"#)
                == #"51-/adm,7["a",\#(placeholder)]"#)
        #expect(
            Self.text(.binaryAck, attachments: 1, id: .number(15), #"["bar",\#(placeholder)]"#)
                == #"61-15["bar",\#(placeholder)]"#)
    }

    @Test func numbersOfEveryLength() {
        var number: UInt64 = 1
        for digits in 1...20 {
            #expect(Self.text(.ack, id: .number(number), "[]") == "3\(number)[]")
            #expect(Self.text(.binaryEvent, attachments: Int(number >> 1), "[]") == "5\(number >> 1)-[]")
            #expect("\(number)".count == digits)
            number = number &* 10
        }
        #expect(Self.text(.ack, id: .number(.max), "[]") == "3\(UInt64.max)[]")
    }

    /// An id of 100 digits is sent back as it came.
    @Test func theIdsOfTheOtherSide() throws {
        let digits = String(repeating: "0123456789", count: 10)
        var received = "2/a,\(digits)[\"x\"]"
        let ack = try received.withUTF8 { bytes in
            let packet = try SocketIOSerializer.json.read(UnsafeRawBufferPointer(bytes), maximumAttachments: 0)
            return Self.text(.binaryAck, in: "/a", attachments: 1000, id: .received(packet.id), "[]")
        }
        #expect(ack == "61000-/a,\(digits)[]")
    }

    @Test func packetsThatAreSeldom() {
        #expect(SocketIOHeader(.connect).packet(.json, payload: nil) == Array("0".utf8))
        #expect(SocketIOHeader(.connect).packet(.json, payload: Array("{}".utf8)) == Array("0{}".utf8))
        #expect(SocketIOHeader(.disconnect).packet(.json, payload: nil) == Array("1".utf8))
    }

    // MARK: MessagePack

    private static func messagePack(
        _ type: SocketIOPacketType, in namespace: String = "/", id: SocketIOHeader.ID = .none, _ payload: [UInt8]
    ) -> String {
        Hexadecimal.text(Self.packet(.messagePack, type, namespace, id: id, payload: payload))
    }

    @Test func mapsOfMessagePack() {
        let (type, nsp, id, data) = ("a474797065", "a36e7370", "a26964", "a464617461")
        #expect(Self.messagePack(.connect, [0x80]) == "83\(type)00\(nsp)a12f\(data)80")
        #expect(Self.messagePack(.event, in: "/a", [0x91, 0x01]) == "83\(type)02\(nsp)a22f61\(data)9101")
        #expect(Self.messagePack(.ack, id: .number(1), [0x91, 0x2A]) == "84\(type)03\(nsp)a12f\(id)01\(data)912a")
        let received: [UInt8] = [0xD3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]
        received.withUnsafeBytes { bytes in
            #expect(
                Self.messagePack(.ack, id: .received(bytes), [0x90])
                    == "84\(type)03\(nsp)a12f\(id)d3fffffffffffffffe\(data)90")
        }
        let disconnect = SocketIOHeader(.disconnect).packet(.messagePack, payload: nil)
        #expect(Hexadecimal.text(disconnect) == "82\(type)01\(nsp)a12f")
    }

    @Test(
        arguments: [
            (0, "00"), (0x7F, "7f"), (0x80, "cc80"), (0xFF, "ccff"), (0x100, "cd0100"), (0xFFFF, "cdffff"),
            (0x1_0000, "ce00010000"), (0xFFFF_FFFF, "ceffffffff"), (0x1_0000_0000, "cf0000000100000000"),
            (.max, "cfffffffffffffffff"),
        ] as [(UInt64, String)])
    func integersInTheirSmallestForm(number: UInt64, text: String) {
        #expect(Self.messagePack(.ack, id: .number(number), [0x90]).contains("a26964\(text)a464617461"))
    }

    @Test(arguments: [
        (31, "bf"), (32, "d920"), (255, "d9ff"), (256, "da0100"), (65_535, "daffff"), (65_536, "db00010000"),
    ])
    func namesOfEveryLength(count: Int, head: String) throws {
        let name = "/" + String(repeating: "a", count: count - 1)
        let packet = Self.packet(.messagePack, .event, name, payload: [0x91, 0xA1, 0x61])
        #expect(Hexadecimal.text(packet).contains("a36e7370\(head)2f61"))
        try packet.withUnsafeBytes { bytes in
            let read = try SocketIOSerializer.messagePack.read(bytes, maximumAttachments: 0)
            #expect(String(decoding: read.namespace, as: UTF8.self) == name)
            #expect(Array(read.payload) == [0x91, 0xA1, 0x61])
        }
        #expect(Self.text(.event, in: name, "[]") == "2\(name),[]")
    }
}
