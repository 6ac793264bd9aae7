import EngineIO
import NIOCore
import TestSupport
import Testing

struct WebSocketFrameHeaderTests {
    private func decode(_ bytes: [UInt8]) throws -> WebSocketFrameHeader? {
        try bytes.withUnsafeBytes { try WebSocketFrameHeader.decode($0) }
    }

    @Test(arguments: [
        (0, 2), (1, 2), (125, 2), (126, 4), (127, 4), (65_535, 4), (65_536, 10), (1 << 32, 10), (Int.max, 10),
    ])
    func everyFormOfTheLength(payloadLength: Int, headerLength: Int) throws {
        for mask in [nil, [1, 2, 3, 4]] as [[UInt8]?] {
            let bytes = ServerFrame.header(opcode: 2, length: UInt64(payloadLength), mask: mask)
            let header = try self.decode(bytes)
            #expect(header?.payloadLength == payloadLength)
            #expect(header?.length == headerLength + (mask == nil ? 0 : 4))
            #expect((header?.mask == nil) == (mask == nil))
            #expect(header?.opcode == .binary)
            #expect(header?.isFinal == true)
        }
    }

    @Test func aHeaderThatIsCutIsWaitedFor() throws {
        for length in [0, 5, 125, 126, 65_535, 65_536, 1 << 40] as [UInt64] {
            for mask in [nil, [0xDE, 0xAD, 0xBE, 0xEF]] as [[UInt8]?] {
                let bytes = ServerFrame.header(opcode: 1, length: length, isFinal: false, mask: mask)
                for cut in 0..<bytes.count {
                    #expect(try self.decode(Array(bytes[..<cut])) == nil, "\(cut) of \(bytes.count) bytes")
                }
                let header = try self.decode(bytes)
                #expect(header?.length == bytes.count)
                #expect(try self.decode(bytes + [0xFF, 0xFF, 0xFF]) == header)
            }
        }
    }

    @Test func theMaskIsKeptAsItLies() throws {
        let header = try self.decode(ServerFrame.header(opcode: 2, length: 300, mask: [0x11, 0x22, 0x33, 0x44]))
        let mask = try #require(header?.mask)
        #expect(withUnsafeBytes(of: mask, Array.init) == [0x11, 0x22, 0x33, 0x44])
    }

    @Test func aHeaderMayStandAnywhereInMemory() throws {
        for (length, mask) in [(70_000, nil), (300, [1, 2, 3, 4])] as [(UInt64, [UInt8]?)] {
            let bytes = ServerFrame.header(opcode: 2, length: length, mask: mask)
            for shift in 0..<9 {
                let moved = Array(repeating: UInt8(0xFF), count: shift) + bytes
                let header = try moved.withUnsafeBytes {
                    try WebSocketFrameHeader.decode(UnsafeRawBufferPointer(rebasing: $0[shift...]))
                }
                #expect(header == (try self.decode(bytes)))
            }
        }
    }

    /// Every first two bytes there are, against the rules of RFC 6455, sections 5.2 and 5.5.
    @Test func theFirstTwoBytes() {
        var wrong: [[UInt8]] = []
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                let opcode = first & 0x0F
                let isControl = opcode >= 8
                let length = second & 0x7F
                let isLegal =
                    first & 0x70 == 0 && [0, 1, 2, 8, 9, 10].contains(opcode)
                    && !(isControl && (first & 0x80 == 0 || length > 125))
                // Enough for all forms; the extended length is 0x0101… and so needs the form that it has.
                let bytes = [first, second] + Array(repeating: UInt8(1), count: 12)
                let header = try? self.decode(bytes)
                if (header != nil) != isLegal { wrong.append([first, second]) }
                guard let header else { continue }
                let isRight =
                    header.opcode.rawValue == opcode && header.isFinal == (first & 0x80 != 0)
                    && (header.mask != nil) == (second & 0x80 != 0)
                if !isRight { wrong.append([first, second]) }
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test func whatIsWrongIsSaid() {
        func error(_ bytes: [UInt8]) -> WebSocketProtocolError? {
            do { _ = try self.decode(bytes) } catch { return error as? WebSocketProtocolError }
            return nil
        }
        #expect(error([0xC1, 0])?.description == "a frame has reserved bits without an extension")
        #expect(error([0x83, 0])?.description == "a frame has the unknown opcode 3")
        #expect(error([0x89, 126, 0, 126])?.description == "a control frame is longer than 125 bytes")
        #expect(error([0x09, 0])?.description == "a control frame is fragmented")
        #expect(error([0xC1, 0])?.code == 1002)
    }

    @Test func aLengthOfTwoToThe63IsIllegal() {
        #expect(throws: WebSocketProtocolError.self) {
            try self.decode(ServerFrame.header(opcode: 2, length: 1 << 63))
        }
        #expect(throws: WebSocketProtocolError.self) {
            try self.decode(ServerFrame.header(opcode: 2, length: .max, mask: [0, 0, 0, 0]))
        }
    }

    @Test(
        arguments: [
            (0, .medium), (125, .medium), (0, .long), (125, .long), (126, .long), (65_535, .long),
        ] as [(UInt64, ServerFrame.LengthForm)])
    func aLengthInALongerFormThanNeededIsIllegal(length: UInt64, form: ServerFrame.LengthForm) {
        #expect(throws: WebSocketProtocolError.self) {
            try self.decode(ServerFrame.header(opcode: 2, length: length, form: form))
        }
    }

    @Test func closeFrames() throws {
        #expect(WebSocketCloseCode.normal == 1000)
        #expect(WebSocketCloseCode.protocolError == 1002)
        #expect(WebSocketCloseCode.invalidPayload == 1007)
        #expect(WebSocketCloseCode.messageTooBig == 1009)
        let header = try self.decode(ServerFrame.close(1001, "going away").bytes)
        #expect(header?.opcode == .close)
        #expect(header?.payloadLength == 12)
        #expect(try self.decode(ServerFrame.close(1000, String(repeating: "x", count: 123)).bytes) != nil)
        #expect(throws: WebSocketProtocolError.self) {
            try self.decode(ServerFrame.close(1000, String(repeating: "x", count: 124)).bytes)
        }
    }

    /// RFC 6455, section 7.4, and IANA's registry of the codes above 1011.
    @Test func codesThatACloseFrameMayCarry() {
        let legal = Set(Array(1000...1003) + (1007...1014) + (3000...4999))
        let wrong = (UInt16.min ... .max).filter { WebSocketCloseCode.mayBeSent($0) != legal.contains(Int($0)) }
        #expect(wrong.isEmpty)
    }

    @Test func onlyThreeOpcodesAreForControl() {
        let control = [WebSocketOpcode.continuation, .text, .binary, .close, .ping, .pong].filter(\.isControl)
        #expect(control == [.close, .ping, .pong])
    }

    /// Reads a stream of frames that comes in pieces, as a connection does.
    private func read(_ pieces: [[UInt8]]) throws -> [(WebSocketFrameHeader, [UInt8])] {
        var buffer: [UInt8] = []
        var frames: [(WebSocketFrameHeader, [UInt8])] = []
        for piece in pieces {
            buffer += piece
            while let header = try self.decode(buffer), buffer.count >= header.length + header.payloadLength {
                let end = header.length + header.payloadLength
                frames.append((header, Array(buffer[header.length..<end])))
                buffer.removeFirst(end)
            }
        }
        #expect(buffer.isEmpty)
        return frames
    }

    @Test func aStreamReadsTheSameWhereverItIsCut() throws {
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<60 {
            let frames = (0...generator.below(6)).map { _ in
                let isControl = generator.below(3) == 0
                let size = [generator.below(4), 120 + generator.below(6), 126 + generator.below(300)]
                return ServerFrame(
                    opcode: UInt8([isControl ? 8 : 0, isControl ? 9 : 1, isControl ? 10 : 2][generator.below(3)]),
                    payload: generator.bytes(size[generator.below(isControl ? 2 : 3)]),
                    isFinal: isControl || generator.below(2) == 0)
            }
            var rest = frames.flatMap(\.bytes)[...]
            var pieces: [[UInt8]] = []
            while !rest.isEmpty {
                let length = min(rest.count, 1 + generator.below(generator.below(2) == 0 ? 3 : 200))
                pieces.append(Array(rest.prefix(length)))
                rest = rest.dropFirst(length)
            }
            let read = try self.read(pieces)
            #expect(read.map { $0.0.opcode.rawValue } == frames.map(\.opcode))
            #expect(read.map { $0.0.isFinal } == frames.map(\.isFinal))
            #expect(read.map { $0.1 } == frames.map(\.payload))
        }
    }
}

struct WebSocketMaskTests {
    private func key(_ mask: [UInt8]) -> UInt32 { mask.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }

    /// `copyMasked` into the middle of a larger area, all of which is returned.
    private func copy(
        _ source: [UInt8], _ mask: [UInt8], offset: Int, at start: Int = 0, guardBytes: Int = 0
    ) -> [UInt8] {
        var target = Array(repeating: UInt8(0xEE), count: start + source.count + guardBytes)
        target.withUnsafeMutableBytes { target in
            guard let base = target.baseAddress else { return }
            source.withUnsafeBytes { copyMasked($0, to: base + start, mask: self.key(mask), offset: offset) }
        }
        return target
    }

    @Test func everyLengthAndOffset() {
        var generator = SeededGenerator(seed: 11)
        for length in 0..<48 {
            for offset in 0..<9 {
                let source = generator.bytes(length)
                let mask = generator.bytes(4)
                let expected = ServerFrame.masked(source, mask, offset: offset)
                if self.copy(source, mask, offset: offset) != expected { Issue.record("\(length) bytes at \(offset)") }
            }
        }
    }

    @Test func nothingBesideTheTargetIsTouched() {
        var generator = SeededGenerator(seed: 12)
        for length in 0..<40 {
            let source = generator.bytes(length)
            let mask = generator.bytes(4)
            for start in 1..<9 {
                let target = self.copy(source, mask, offset: 1, at: start, guardBytes: 16)
                #expect(target.prefix(start).allSatisfy { $0 == 0xEE })
                #expect(Array(target[start..<start + length]) == ServerFrame.masked(source, mask, offset: 1))
                #expect(target.suffix(16).allSatisfy { $0 == 0xEE })
            }
        }
    }

    @Test func aSourceMayStandAnywhereInMemory() {
        var generator = SeededGenerator(seed: 13)
        let whole = generator.bytes(64)
        let mask = generator.bytes(4)
        for start in 0..<9 {
            var target = [UInt8](repeating: 0, count: 64 - start)
            whole.withUnsafeBytes { source in
                target.withUnsafeMutableBytes { target in
                    copyMasked(
                        UnsafeRawBufferPointer(rebasing: source[start...]), to: target.baseAddress!,
                        mask: self.key(mask))
                }
            }
            #expect(target == ServerFrame.masked(Array(whole[start...]), mask))
        }
    }

    @Test func aMessageInPartsIsMaskedAsAWhole() {
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<300 {
            let source = generator.bytes(1 + generator.below(60))
            let mask = generator.bytes(4)
            let cut = generator.below(source.count)
            let parts =
                self.copy(Array(source[..<cut]), mask, offset: 0) + self.copy(Array(source[cut...]), mask, offset: cut)
            #expect(parts == ServerFrame.masked(source, mask))
        }
    }
}

struct WebSocketFrameWritingTests {
    private static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    private func write(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, _ payload: [UInt8], mask: [UInt8]?,
        into buffer: inout ByteBuffer
    ) {
        let key = mask.map { $0.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) } }
        payload.withUnsafeBytes { buffer.writeWebSocketFrame(opcode, prefix: prefix, payload: $0, mask: key) }
    }

    private func frame(
        _ opcode: WebSocketOpcode, prefix: UInt8? = nil, _ payload: [UInt8], mask: [UInt8]?
    ) -> [UInt8] {
        var buffer = ByteBuffer()
        self.write(opcode, prefix: prefix, payload, mask: mask, into: &buffer)
        return Array(buffer.readableBytesView)
    }

    /// RFC 6455, section 5.7.
    @Test func theExamplesOfTheRFC() {
        let hello = Array("Hello".utf8)
        #expect(self.frame(.text, hello, mask: nil) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
        #expect(
            self.frame(.text, hello, mask: Self.mask)
                == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
        #expect(self.frame(.ping, hello, mask: nil).prefix(2) == [0x89, 0x05])
        #expect(self.frame(.pong, hello, mask: Self.mask).prefix(2) == [0x8A, 0x85])
        let zeros = [UInt8](repeating: 0, count: 65_536)
        #expect(self.frame(.binary, Array(zeros[..<256]), mask: nil).prefix(4) == [0x82, 0x7E, 0x01, 0x00])
        #expect(self.frame(.binary, zeros, mask: nil).prefix(10) == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test(arguments: [nil, [0x37, 0xFA, 0x21, 0x3D], [0, 0, 0, 0], [0xFF, 0, 0x80, 1]] as [[UInt8]?])
    func everyBorderOfTheLength(mask: [UInt8]?) throws {
        var generator = SeededGenerator(seed: 15)
        for prefix in [nil, UInt8(ascii: "4")] {
            for length in [0, 1, 2, 3, 7, 8, 9, 123, 124, 125, 126, 127, 65_533, 65_534, 65_535, 65_536, 65_537] {
                let payload = generator.bytes(length)
                var bytes = self.frame(.binary, prefix: prefix, payload, mask: mask)[...]
                let count = bytes.count
                let frame = try ClientFrame(readFrom: &bytes)
                let total = length + (prefix == nil ? 0 : 1)
                #expect(frame.first == 0x82)
                #expect(frame.mask == mask)
                // Outside of the macro, which would work out the difference of 64 KiB for minutes.
                let isWhole = frame.payload == (prefix.map { [$0] } ?? []) + payload
                #expect(isWhole, "\(length) bytes")
                #expect(count - total == (total < 126 ? 2 : total < 65_536 ? 4 : 10) + (mask == nil ? 0 : 4))
                #expect(bytes.isEmpty)
            }
        }
    }

    @Test(arguments: [WebSocketOpcode.continuation, .text, .binary, .close, .ping, .pong])
    func everyOpcodeIsFinal(opcode: WebSocketOpcode) {
        #expect(self.frame(opcode, [], mask: nil) == [0x80 | opcode.rawValue, 0])
        #expect(self.frame(opcode, [], mask: Self.mask) == [0x80 | opcode.rawValue, 0x80] + Self.mask)
    }

    @Test func framesAreAppended() throws {
        var generator = SeededGenerator(seed: 16)
        for _ in 0..<50 {
            var buffer = ByteBuffer(string: "before")
            var written: [ClientFrame] = []
            for _ in 0...generator.below(20) {
                let payload = generator.bytes(generator.below(200))
                let prefix = generator.below(2) == 0 ? nil : UInt8(ascii: "4")
                let mask = generator.bytes(4)
                self.write(.text, prefix: prefix, payload, mask: mask, into: &buffer)
                let whole = (prefix.map { [$0] } ?? []) + payload
                written.append(ClientFrame(first: 0x81, mask: mask, payload: whole))
            }
            #expect(buffer.readString(length: 6) == "before")
            var bytes = Array(buffer.readableBytesView)[...]
            var read: [ClientFrame] = []
            while !bytes.isEmpty { read.append(try ClientFrame(readFrom: &bytes)) }
            #expect(read == written)
        }
    }

    @Test func aPayloadWithoutMemory() {
        var buffer = ByteBuffer()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        buffer.writeWebSocketFrame(.text, prefix: UInt8(ascii: "5"), payload: nothing, mask: nil)
        buffer.writeWebSocketFrame(.ping, payload: nothing, mask: nil)
        #expect(Array(buffer.readableBytesView) == [0x81, 0x01, 0x35, 0x89, 0x00])
    }
}
