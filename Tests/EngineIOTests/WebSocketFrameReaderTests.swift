import EngineIO
import NIOCore
import TestSupport
import Testing

/// An event of a reader, with its payload unmasked.
private enum Read: Equatable, Sendable {
    case message(WebSocketOpcode, [UInt8])
    case fragment
    case ping([UInt8])
    case pong([UInt8])
    case close([UInt8])
    case error(UInt16, String)
}

/// A connection's end: keeps what is not read, as the client's and the server's handlers do.
private struct Connection {
    var reader: WebSocketFrameReader
    var unread: [UInt8] = []
    var read: [Read] = []
    /// Whether short messages are taken by ``WebSocketFrameReader/shortMessage(_:at:)`` where it finds them.
    var takesShortcut = false

    init(_ side: WebSocketFrameReader.Side, limit: Int = 1 << 20, takesShortcut: Bool = false) {
        self.reader = WebSocketFrameReader(side: side, maximumMessageSize: limit)
        self.takesShortcut = takesShortcut
    }

    mutating func receive(_ bytes: [UInt8]) {
        if case .error = self.read.last { return }
        let pending = self.unread + bytes
        var index = 0
        pending.withUnsafeBytes { bytes in
            do throws(WebSocketProtocolError) {
                while let end = try self.readFrame(bytes, at: index) { index = end }
            } catch {
                self.read.append(.error(error.code, error.description))
            }
        }
        self.unread = Array(pending[index...])
    }

    private mutating func readFrame(
        _ bytes: UnsafeRawBufferPointer, at index: Int
    ) throws(WebSocketProtocolError) -> Int? {
        if self.takesShortcut, let message = self.reader.shortMessage(bytes, at: index) {
            self.read.append(.message(message.opcode, Array(bytes[message.start..<message.end])))
            return message.end
        }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
        guard let (event, length) = try self.reader.next(rest) else { return nil }
        switch event {
        case .message(let opcode, let payload): self.read.append(.message(opcode, Self.bytes(payload)))
        case .joined(let opcode, let message): self.read.append(.message(opcode, Array(message.readableBytesView)))
        case .fragment: self.read.append(.fragment)
        case .ping(let payload): self.read.append(.ping(Self.bytes(payload)))
        case .pong(let payload): self.read.append(.pong(Self.bytes(payload)))
        case .close(let payload): self.read.append(.close(Self.bytes(payload)))
        }
        return index + length
    }

    private static func bytes(_ payload: WebSocketPayload) -> [UInt8] {
        let unmasked = Array(payload.unmasked.readableBytesView)
        #expect(payload.first == unmasked.first)
        return unmasked
    }
}

struct WebSocketFrameReaderTests {
    private static let text: UInt8 = 1
    private static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    /// The frame as the peer of `side` has to write it.
    private static func frame(
        _ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true, to side: WebSocketFrameReader.Side,
        mask: [UInt8] = Self.mask
    ) -> [UInt8] {
        let length = UInt64(payload.count)
        switch side {
        case .client: return ServerFrame.header(opcode: opcode, length: length, isFinal: isFinal) + payload
        case .server:
            return ServerFrame.header(opcode: opcode, length: length, isFinal: isFinal, mask: mask)
                + ServerFrame.masked(payload, mask)
        }
    }

    private static func read(
        _ bytes: [UInt8], _ side: WebSocketFrameReader.Side, limit: Int = 1 << 20
    ) -> [Read] {
        var connection = Connection(side, limit: limit)
        connection.receive(bytes)
        return connection.read
    }

    private static let sides: [WebSocketFrameReader.Side] = [.client, .server]

    // MARK: Messages and control frames

    @Test(arguments: sides)
    func everyFrame(side: WebSocketFrameReader.Side) {
        for length in [0, 1, 2, 124, 125, 126, 127, 65_535, 65_536] {
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            #expect(Self.read(Self.frame(1, payload, to: side), side) == [.message(.text, payload)])
            #expect(Self.read(Self.frame(2, payload, to: side), side) == [.message(.binary, payload)])
            guard length <= 125 else { continue }
            #expect(Self.read(Self.frame(8, payload, to: side), side) == [.close(payload)])
            #expect(Self.read(Self.frame(9, payload, to: side), side) == [.ping(payload)])
            #expect(Self.read(Self.frame(10, payload, to: side), side) == [.pong(payload)])
        }
    }

    @Test(arguments: sides)
    func controlFramesBetweenFragments(side: WebSocketFrameReader.Side) {
        let bytes =
            Self.frame(2, [1, 2, 3], isFinal: false, to: side) + Self.frame(9, [9], to: side)
            + Self.frame(0, [], isFinal: false, to: side) + Self.frame(10, [], to: side)
            + Self.frame(0, [4, 5], to: side, mask: [9, 8, 7, 6]) + Self.frame(1, [6], to: side)
        #expect(
            Self.read(bytes, side) == [
                .fragment, .ping([9]), .fragment, .pong([]), .message(.binary, [1, 2, 3, 4, 5]), .message(.text, [6]),
            ])
    }

    @Test(arguments: sides)
    func aMaskOfZeros(side: WebSocketFrameReader.Side) {
        let bytes = Self.frame(1, [1, 2, 3], to: side, mask: [0, 0, 0, 0])
        #expect(Self.read(bytes, side) == [.message(.text, [1, 2, 3])])
    }

    // MARK: Breaches

    private static func error(_ bytes: [UInt8], _ side: WebSocketFrameReader.Side, limit: Int = 1 << 20) -> Read? {
        Self.read(bytes, side, limit: limit).last
    }

    @Test func clientsMaskAndServersDoNot() {
        #expect(Self.error(Self.frame(1, [1], to: .server), .client) == .error(1002, "a frame of the server is masked"))
        #expect(
            Self.error(Self.frame(1, [1], to: .client), .server) == .error(1002, "a frame of the client is not masked"))
    }

    @Test(arguments: sides)
    func fragmentsOutOfOrder(side: WebSocketFrameReader.Side) {
        let first = Self.frame(1, [1], isFinal: false, to: side)
        for opcode in [1, 2] as [UInt8] {
            for isFinal in [true, false] {
                #expect(
                    Self.error(first + Self.frame(opcode, [2], isFinal: isFinal, to: side), side)
                        == .error(1002, "a new message begins inside a fragmented one"))
            }
        }
        for bytes in [[], first + Self.frame(0, [2], to: side)] {
            for isFinal in [true, false] {
                #expect(
                    Self.error(bytes + Self.frame(0, [3], isFinal: isFinal, to: side), side)
                        == .error(1002, "a continuation frame continues nothing"))
            }
        }
    }

    @Test(
        arguments: sides,
        [
            ([0xC1, 0], "a frame has reserved bits without an extension"),
            ([0x83, 0], "a frame has the unknown opcode 3"),
            ([0x09, 0], "a control frame is fragmented"),
            ([0x89, 126, 0, 126], "a control frame is longer than 125 bytes"),
            ([0x82, 126, 0, 125], "a frame's length is not written in the shortest form"),
        ] as [([UInt8], String)])
    func headersThatBreakTheRules(side: WebSocketFrameReader.Side, header: ([UInt8], String)) {
        let maskBit: UInt8 = side == .server ? 0x80 : 0
        let bytes = [header.0[0], header.0[1] | maskBit] + header.0[2...]
        #expect(Self.error(bytes, side) == .error(1002, header.1))
    }

    /// The payload is not awaited: its bytes could be any number.
    @Test(arguments: sides)
    func aBreachIsReportedWithTheHeader(side: WebSocketFrameReader.Side) {
        let mask: [UInt8]? = side == .server ? Self.mask : nil
        let first = Self.frame(1, [1], isFinal: false, to: side)
        for (opcode, before) in [(0, []), (1, first), (2, first)] as [(UInt8, [UInt8])] {
            let result = Self.error(before + ServerFrame.header(opcode: opcode, length: 1000, mask: mask), side)
            guard case .error(1002, _) = result else {
                Issue.record("opcode \(opcode): \(String(describing: result))")
                continue
            }
        }
        let long = ServerFrame.header(opcode: 2, length: 1001, mask: mask)
        guard case .error(1009, _) = Self.error(long, side, limit: 1000) else {
            Issue.record("the length is not checked")
            return
        }
    }

    // MARK: Limits

    /// The type of a packet counts only for servers.
    @Test func theLongestMessage() {
        let payload = [UInt8](repeating: 0x34, count: 12)
        func over(_ opcode: UInt8, _ length: Int, _ side: WebSocketFrameReader.Side) -> Read? {
            let read = Self.error(Self.frame(opcode, Array(payload[..<length]), to: side), side, limit: 10)
            if case .error = read { return read }
            return nil
        }
        let client = "a message of 11 bytes is over the limit of 10 bytes (max_message_size)"
        let server = "a message of 11 bytes is over the limit of 10 bytes (maxPayload)"
        #expect(over(1, 11, .client) == nil)
        #expect(over(1, 12, .client) == .error(1009, client))
        #expect(over(2, 10, .client) == nil)
        #expect(over(2, 11, .client) == .error(1009, client))
        for opcode in [1, 2] as [UInt8] {
            #expect(over(opcode, 10, .server) == nil)
            #expect(over(opcode, 11, .server) == .error(1009, server))
        }
    }

    @Test(arguments: sides, [1, 2] as [UInt8])
    func fragmentsCountTogether(side: WebSocketFrameReader.Side, opcode: UInt8) {
        let longest = side == .client && opcode == 1 ? 11 : 10
        func read(_ last: Int) -> [Read] {
            let bytes =
                Self.frame(opcode, [1, 2, 3], isFinal: false, to: side) + Self.frame(9, Array(0..<9), to: side)
                + Self.frame(0, [4, 5, 6], isFinal: false, to: side)
                + Self.frame(0, [UInt8](repeating: 7, count: last), to: side)
            return Self.read(bytes, side, limit: 10)
        }
        let whole = [1, 2, 3, 4, 5, 6] + [UInt8](repeating: 7, count: longest - 6)
        #expect(read(longest - 6).last == .message(opcode == 1 ? .text : .binary, whole))
        guard case .error(1009, let text) = read(longest - 5).last else {
            Issue.record("a message over the limit is read")
            return
        }
        #expect(text.hasPrefix("a message of 11 bytes is over the limit of 10 bytes"))
    }

    // MARK: Splits

    private static func cut(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [[UInt8]] {
        var rest = bytes[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            let length = min(rest.count, 1 + generator.below(generator.below(2) == 0 ? 3 : 200))
            pieces.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return pieces
    }

    /// Messages in fragments with control frames between, and now and then a frame that breaks a rule.
    private static func stream(to side: WebSocketFrameReader.Side, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...generator.below(8) {
            let fragments = generator.below(3)
            for index in 0...fragments {
                if generator.below(3) == 0 {
                    let opcode = UInt8(8 + generator.below(3))
                    bytes += Self.frame(opcode, generator.bytes(generator.below(126)), to: side)
                }
                let opcode = index > 0 ? 0 : UInt8(1 + generator.below(2))
                let length = [generator.below(4), 120 + generator.below(12), generator.below(400)][generator.below(3)]
                bytes += Self.frame(
                    opcode, generator.bytes(length), isFinal: index == fragments, to: side, mask: generator.bytes(4))
            }
            if generator.below(20) == 0 { bytes += generator.bytes(6) }
        }
        return bytes
    }

    @Test(arguments: sides)
    func aStreamReadsTheSameWhereverItIsCut(side: WebSocketFrameReader.Side) {
        var generator = SeededGenerator(seed: 19)
        var messages = 0
        var errors = 0
        for _ in 0..<200 {
            let bytes = Self.stream(to: side, &generator)
            var whole = Connection(side, limit: 900)
            whole.receive(bytes)
            for takesShortcut in side == .client ? [false, true] : [false] {
                var pieces = Connection(side, limit: 900, takesShortcut: takesShortcut)
                for piece in Self.cut(bytes, &generator) { pieces.receive(piece) }
                #expect(pieces.read == whole.read)
            }
            messages += whole.read.count { if case .message = $0 { true } else { false } }
            errors += whole.read.count { if case .error = $0 { true } else { false } }
        }
        // The streams are not all broken or all whole.
        #expect(messages > 300)
        #expect((10..<150).contains(errors))
    }

    // MARK: Short messages

    @Test(arguments: [
        (126, 200, true), (127, 200, true), (200, 200, true), (201, 200, false), (300, 300, true),
        (65_535, 65_535, true), (0, 200, false), (125, 200, false),
    ])
    func aShortMessageMayHaveALengthOfTwoBytes(length: Int, limit: Int, isShort: Bool) {
        let reader = WebSocketFrameReader(side: .client, maximumMessageSize: limit)
        for (first, opcode) in [(0x81, WebSocketOpcode.text), (0x82, .binary)] as [(UInt8, WebSocketOpcode)] {
            let before: [UInt8] = [1, 2, 3]
            let header = [first, 126, UInt8(length >> 8), UInt8(length & 0xFF)]
            let bytes = before + header + [UInt8](repeating: 0x34, count: length)
            let found = bytes.withUnsafeBytes { reader.shortMessage($0, at: 3) }
            #expect(found?.opcode == (isShort ? opcode : nil))
            #expect(found?.start == (isShort ? 7 : nil))
            #expect(found?.end == (isShort ? bytes.count : nil))
            for cut in 1..<min(bytes.count - before.count, 300) {
                #expect(bytes.dropLast(cut).withUnsafeBytes { reader.shortMessage($0, at: 3) } == nil)
            }
            #expect(header.dropLast().withUnsafeBytes { reader.shortMessage($0, at: 0) } == nil)
        }
    }

    /// All first two bytes, with all of the payload there, with one byte missing, and inside a fragmented message.
    @Test func aShortMessageIsWhatNextReads() throws {
        var wrong: [[UInt8]] = []
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                let bytes = [first, second] + [UInt8](repeating: 0x34, count: Int(second & 0x7F))
                let reader = WebSocketFrameReader(side: .client, maximumMessageSize: 100)
                let isShort = [0x81, 0x82].contains(first) && second <= 100
                let found = bytes.withUnsafeBytes { reader.shortMessage($0, at: 0) }
                if (found != nil) != isShort { wrong.append([first, second]) }
                guard let found else { continue }
                var other = reader
                let next = try bytes.withUnsafeBytes { try other.next($0)?.length }
                if found.start != 2 || found.end != bytes.count || next != bytes.count {
                    wrong.append([first, second])
                }
                let cut = bytes.dropLast().withUnsafeBytes { reader.shortMessage($0, at: 0) }
                if cut != nil { wrong.append([first, second]) }
            }
        }
        #expect(wrong.isEmpty)
        var reader = WebSocketFrameReader(side: .client, maximumMessageSize: 100)
        let fragment = Self.frame(1, [0x34], isFinal: false, to: .client)
        _ = try fragment.withUnsafeBytes { try reader.next($0) }
        #expect(Self.frame(1, [0x34], to: .client).withUnsafeBytes { reader.shortMessage($0, at: 0) } == nil)
    }
}

struct WebSocketCloseFrameTests {
    private func read(_ payload: [UInt8]) -> Result<WebSocketCloseFrame, WebSocketProtocolError> {
        payload.withUnsafeBytes { bytes in
            do throws(WebSocketProtocolError) { return .success(try WebSocketCloseFrame(bytes)) } catch {
                return .failure(error)
            }
        }
    }

    @Test func codesAndReasons() throws {
        let empty = try self.read([]).get()
        #expect(empty.code == nil)
        #expect(empty.reason == "")
        let away = try self.read([0x03, 0xE9] + Array("à bientôt".utf8)).get()
        #expect(away.code == 1001)
        #expect(away.reason == "à bientôt")
    }

    @Test func breaches() {
        #expect(self.read([0x03]) == .failure(WebSocketProtocolError("a Close frame has half a status code")))
        #expect(
            self.read([0x03, 0xED])
                == .failure(WebSocketProtocolError("a Close frame has the status code 1005, which none may have")))
        #expect(
            self.read([0x03, 0xE8, 0xFF])
                == .failure(
                    WebSocketProtocolError(
                        code: WebSocketCloseCode.invalidPayload, "the reason of a Close frame is not UTF-8")))
    }
}
