import EngineIO
import EngineIOClient
import JSONText
import NIOCore
import SocketIO

/// The text of a report on the standard output.
package struct ReportFormat: Sendable {
    /// One object in each line.
    package var isJSON = false
    /// Text of the server must not control the terminal.
    package var isTerminal = false
    /// Binary messages are written as they are, without line feeds.
    package var isRaw = false
    /// Messages are marked, so that they differ from the lines that were typed.
    package var isMarked = false

    package init(isJSON: Bool = false, isTerminal: Bool = false, isRaw: Bool = false, isMarked: Bool = false) {
        (self.isJSON, self.isTerminal, self.isRaw, self.isMarked) = (isJSON, isTerminal, isRaw, isMarked)
    }

    /// - Parameter time: nanoseconds since 1970.
    /// - Returns: nil for a report that the standard output does not have in this format.
    package func output(_ report: Report, at time: Int64) -> [UInt8]? {
        if self.isJSON { return self.line(self.json(report, at: time)) }
        switch report {
        case .open, .close:
            return nil
        case .text(let text):
            return self.line(text)
        case .bytes(let bytes):
            return self.isRaw && !self.isTerminal ? bytes : self.line(Self.text(BinaryObject.json(bytes)))
        case .event(let name, let arguments):
            return self.line(Self.text(name, arguments))
        case .ack(let name, let arguments):
            return self.line("ack " + Self.text(name, arguments))
        }
    }

    private func line(_ text: String) -> [UInt8] {
        if self.isJSON { return Array(text.utf8) + [0x0A] }
        return Array(((self.isMarked ? "< " : "") + (self.isTerminal ? VisibleText.entry(text) : text)).utf8) + [0x0A]
    }

    private static func text(_ name: String, _ arguments: [SocketIOValue]) -> String {
        // A name that would not read as one word is quoted.
        let isWord = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") }
        let words = [isWord ? name : Self.text(.string(name))] + arguments.map { Self.text(JSON($0)) }
        return words.joined(separator: " ")
    }

    private static func text(_ json: JSON) -> String { VisibleText.json(json.text(isForHTML: false)) }

    // MARK: JSON

    private func json(_ report: Report, at time: Int64) -> String {
        let (type, data) = Self.content(report)
        return Self.text(
            .object([
                "time": .string(Timestamp.microseconds(nanoseconds: time)), "type": .string(type),
                "data": data,
            ]))
    }

    private static func content(_ report: Report) -> (type: String, data: JSON) {
        switch report {
        case .open(let opening): ("open", opening.json)
        case .text(let text): ("message", .string(text))
        case .bytes(let bytes): ("message", BinaryObject.json(bytes))
        case .event(let name, let arguments): ("event", Self.json(name, arguments))
        case .ack(let name, let arguments): ("ack", Self.json(name, arguments))
        case .close(let reason, let detail): ("close", Self.json(reason, detail))
        }
    }

    private static func json(_ name: String, _ arguments: [SocketIOValue]) -> JSON {
        .object(["event": .string(name), "args": .array(arguments.map { JSON($0) })])
    }

    private static func json(_ reason: DisconnectReason, _ detail: DisconnectDetail) -> JSON {
        var members = [
            JSON.Member(key: "reason", value: .string(reason.rawValue)),
            JSON.Member(key: "cause", value: .string(detail.cause.rawValue)),
        ]
        if let message = detail.message { members.append(JSON.Member(key: "message", value: .string(message))) }
        return .object(members)
    }
}

extension Report.Opening {
    fileprivate var json: JSON {
        func member(_ key: String, _ value: JSON) -> JSON.Member { JSON.Member(key: key, value: value) }
        var members = [
            member("url", .string(self.address)), member("transport", .string(self.transport.rawValue)),
            member("sid", .string(self.sid)),
        ]
        if let namespace { members.append(member("namespace", .string(namespace))) }
        let phases = self.phases.map { member($0.name, .number(Double($0.time.nanoseconds) / 1e9)) }
        members.append(member("phases", .object(phases)))
        return .object(members)
    }

    /// For a person: `connected to http://localhost:5000/engine.io/ by websocket in 3.1 ms (tcp 0.1 ms, …), sid …`.
    package var text: String {
        func milliseconds(_ time: TimeAmount) -> String { "\((Double(time.nanoseconds) / 1e5).rounded() / 10) ms" }
        let total = self.phases.first { $0.name == ConnectPhase.total.rawValue }
        let parts = self.phases.filter { $0.name != ConnectPhase.total.rawValue }
        var text = "connected to \(self.address)"
        if let namespace, namespace != "/" { text += ", namespace \(namespace)," }
        text += " by \(self.transport)"
        if let total { text += " in \(milliseconds(total.time))" }
        if !parts.isEmpty {
            text += " (\(parts.map { "\($0.name) \(milliseconds($0.time))" }.joined(separator: ", ")))"
        }
        return text + ", sid \(self.sid)"
    }
}
