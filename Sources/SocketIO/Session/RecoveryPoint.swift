import JSONText

/// The last event that a namespace got, from which a server with connection state recovery can go on after a loss.
package struct RecoveryPoint: Equatable {
    /// The session's private id.
    package var pid: String?
    /// The offset of the last event, as the serializer writes it; empty before the first.
    private var offset: [UInt8] = []

    package init() {}

    /// Keeps the offset, which the server adds as a last argument to events that it can send again: those without an
    /// ack.
    package mutating func received(payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer) {
        guard self.pid != nil, let offset = Self.lastArgument(of: payload, serializer) else { return }
        self.offset.removeAll(keepingCapacity: true)
        self.offset.append(contentsOf: offset)
    }

    /// The payload of a CONNECT packet that asks for recovery. Members of `auth` with the same names win.
    ///
    /// - Parameter auth: an object as the serializer writes it, or nil.
    package func connectPayload(auth: [UInt8]?, _ serializer: SocketIOSerializer) -> [UInt8]? {
        guard let pid else { return auth }
        switch serializer {
        case .json:
            var text = Array(#"{"pid":\#(JSON.string(pid).text(isForHTML: false))"#.utf8)
            if !self.offset.isEmpty { text += Array(#","offset":"#.utf8) + self.offset }
            let rest = auth?.drop { $0 != UInt8(ascii: "{") }.dropFirst().drop { $0 <= 0x20 } ?? [UInt8(ascii: "}")]
            if rest.first != UInt8(ascii: "}") { text.append(UInt8(ascii: ",")) }
            return text + rest
        case .messagePack:
            var (count, start) = (0, 0)
            auth?.withUnsafeBytes { bytes in
                var cursor = MessagePackCursor(bytes)
                count = cursor.map() ?? 0
                start = cursor.position
            }
            count += self.offset.isEmpty ? 1 : 2
            var bytes: [UInt8] = [0xDF] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
            bytes += Self.messagePackString("pid") + Self.messagePackString(pid)
            if !self.offset.isEmpty { bytes += Self.messagePackString("offset") + self.offset }
            return bytes + (auth?[start...] ?? [])
        }
    }

    private static func messagePackString(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { text in
            withUnsafeTemporaryAllocation(byteCount: text.count + 5, alignment: 1) { room in
                var writer = BackwardWriter(room)
                writer.messagePackString(UnsafeRawBufferPointer(text))
                return Array(room.suffix(writer.count))
            }
        }
    }

    /// The last element of an event's array, if it is a string and not the event's name.
    private static func lastArgument(
        of payload: UnsafeRawBufferPointer, _ serializer: SocketIOSerializer
    ) -> UnsafeRawBufferPointer? {
        switch serializer {
        case .json:
            guard let end = payload.lastIndex(of: UInt8(ascii: "]")),
                let quote = Self.lastNonBlank(payload, before: end), payload[quote] == UInt8(ascii: "\""),
                let start = Self.openingQuote(payload, before: quote),
                let comma = Self.lastNonBlank(payload, before: start), payload[comma] == UInt8(ascii: ",")
            else { return nil }
            return UnsafeRawBufferPointer(rebasing: payload[start...quote])
        case .messagePack:
            var cursor = MessagePackCursor(payload)
            guard let count = cursor.array(), count > 1 else { return nil }
            for _ in 1..<count where !cursor.skip() { return nil }
            let start = cursor.position
            guard cursor.isAtString, cursor.skip() else { return nil }
            return UnsafeRawBufferPointer(rebasing: payload[start..<cursor.position])
        }
    }

    private static func lastNonBlank(_ text: UnsafeRawBufferPointer, before end: Int) -> Int? {
        text[..<end].lastIndex { $0 > 0x20 }
    }

    /// The quote before `end` that is not escaped: it has an even number of backslashes before it.
    private static func openingQuote(_ text: UnsafeRawBufferPointer, before end: Int) -> Int? {
        var end = end
        while let quote = text[..<end].lastIndex(of: UInt8(ascii: "\"")) {
            let backslashes = text[..<quote].reversed().prefix { $0 == UInt8(ascii: "\\") }.count
            if backslashes % 2 == 0 { return quote }
            end = quote
        }
        return nil
    }
}
