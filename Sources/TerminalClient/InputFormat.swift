import EngineIO
import JSONText
import ProcessSupport
import SocketIO

/// The meaning of a line of the input.
package struct InputFormat: Sendable {
    package var isSocketIO: Bool
    /// Each line is a JSON value.
    package var isJSON: Bool
    /// Text is sent as bytes.
    package var isBinary: Bool
    /// Each event asks for an ack.
    package var wantsAcks: Bool

    /// Arguments may have 128 levels, in an array in an object.
    private static let maximumDepth = SocketIOValue.maximumDepth + 2
    /// The event of a message that is not an event, as for `sio.send`.
    private static let messageEvent = "message"

    package init(isSocketIO: Bool, isJSON: Bool = false, isBinary: Bool = false, wantsAcks: Bool = false) {
        (self.isSocketIO, self.isJSON, self.isBinary, self.wantsAcks) = (isSocketIO, isJSON, isBinary, wantsAcks)
    }

    /// The message of a line; nil for an empty line of JSON.
    package func message(ofLine line: [UInt8]) throws(UsageError) -> OutgoingMessage? {
        guard self.isJSON else { return try self.message(ofText: line) }
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
        return try self.message(ofJSON: line)
    }

    package func message(ofText text: [UInt8]) throws(UsageError) -> OutgoingMessage {
        if self.isBinary { return self.message(ofBytes: text) }
        if let offset = text.withUnsafeBytes({ UTF8Validation.firstInvalidOffset($0) }) {
            throw UsageError("the text is not UTF-8 at byte \(offset + 1): --binary sends any bytes")
        }
        let string = String(decoding: text, as: UTF8.self)
        return self.isSocketIO ? self.event(Self.messageEvent, [.string(string)]) : .text(string)
    }

    package func message(ofBytes bytes: [UInt8]) -> OutgoingMessage {
        self.isSocketIO ? self.event(Self.messageEvent, [.bytes(bytes)]) : .bytes(bytes)
    }

    private func message(ofJSON line: [UInt8]) throws(UsageError) -> OutgoingMessage {
        guard let json = JSON(parsing: line, maximumDepth: Self.maximumDepth) else {
            throw UsageError("it is not valid JSON")
        }
        if let text = json.string { return try self.message(ofText: Array(text.utf8)) }
        if let bytes = BinaryObject.bytes(json) { return self.message(ofBytes: bytes) }
        if let name = json["event"] { return try self.message(ofEvent: name, in: json) }
        let binary = #"{"binary":"base64"}"#
        throw UsageError(
            "it must be a string"
                + (self.isSocketIO ? #", \#(binary) or {"event":"name","args":[]}"# : " or \(binary)"))
    }

    private func message(ofEvent name: JSON, in json: JSON) throws(UsageError) -> OutgoingMessage {
        guard self.isSocketIO else { throw UsageError("Engine.IO has no events: --socketio is for a Socket.IO server") }
        guard let name = name.string else { throw UsageError("the event must be a string") }
        guard let arguments = (json["args"] ?? .array([])).array else { throw UsageError("args must be an array") }
        let wantsAck = json["ack"] ?? .bool(self.wantsAcks)
        guard let wantsAck = wantsAck.bool else { throw UsageError("ack must be true or false") }
        let known = ["event", "args", "ack"]
        if let other = json.members?.first(where: { !known.contains($0.key) }) {
            throw UsageError("unknown key '\(other.key)': an event has the keys event, args and ack")
        }
        return .event(OutgoingEvent(name, arguments.map { SocketIOValue($0) }, wantsAck: wantsAck))
    }

    /// The event of `--emit` and `.emit`: an array of the name and the arguments.
    package func event(ofArray text: String, wantsAck: Bool? = nil) throws(UsageError) -> OutgoingMessage {
        guard let elements = JSON(parsing: text.utf8, maximumDepth: Self.maximumDepth)?.array,
            let name = elements.first?.string
        else {
            throw UsageError(#"it must be a JSON array of the event and its arguments, such as ["join",{"room":1}]"#)
        }
        return .event(
            OutgoingEvent(
                name, elements.dropFirst().map { SocketIOValue($0) }, wantsAck: wantsAck ?? self.wantsAcks))
    }

    private func event(_ name: String, _ arguments: [SocketIOValue]) -> OutgoingMessage {
        .event(OutgoingEvent(name, arguments, wantsAck: self.wantsAcks))
    }
}
