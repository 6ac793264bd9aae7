import EngineIO
import EngineIOClient
import JSONText
import LoadReport

extension TraceEvent {
    /// One line for a person: `13:06:45.123456 vu=3 #1 > websocket message 5 "hello"`; `b"…"` is binary data.
    ///
    /// - Parameter time: nanoseconds since 1970.
    func text(at time: Int64) -> String {
        var line = Self.clock(time)
        if let user = self.user { line += " vu=\(user)" }
        line += " #\(self.session) \(self.direction == .sent ? ">" : "<") \(self.transport) \(self.type) \(self.size)"
        for field in self.fields { line += " \(field.name)=\(Self.text(of: field.value))" }
        if !self.start.isEmpty { line += " \(self.quoted)" }
        if self.headers.isEmpty { return line }
        let headers = self.headers.map { "\($0.name): \(Self.escaped($0.value))" }
        return line + " " + headers.joined(separator: "; ")
    }

    /// The same as a JSON object. Binary data is in hexadecimal.
    ///
    /// - Parameter time: nanoseconds since 1970.
    func json(at time: Int64) -> String {
        func member(_ key: String, _ value: JSON) -> JSON.Member { JSON.Member(key: key, value: value) }
        var members = [member("time", .string(Timestamp.microseconds(nanoseconds: time)))]
        if let user = self.user { members.append(member("vu", .integer(user))) }
        members += [
            member("session", .integer(self.session)), member("direction", .string(self.direction.rawValue)),
            member("transport", .string(self.transport.rawValue)), member("type", .string(self.type)),
            member("size", .integer(self.size)),
        ]
        members += self.fields.map { member($0.name, Self.json(of: $0.value)) }
        let isInFields = !self.fields.isEmpty && self.start.isEmpty
        if self.isBinary {
            members.append(member("hex", .string(self.start.map(Self.hexadecimal).joined())))
        } else if !isInFields {
            members.append(member("data", .string(String(decoding: self.start, as: UTF8.self))))
        }
        if !self.isWhole { members.append(member("truncated", .bool(true))) }
        if !self.headers.isEmpty {
            let headers = self.headers.map { member($0.name, .string($0.value)) }
            members.append(member("headers", .object(headers)))
        }
        return JSON.object(members).text(isForHTML: false)
    }

    private static func text(of value: MessageExplanation.Value) -> String {
        switch value {
        case .text(let text): "\"\(Self.escaped(text))\""
        case .json(let json): Self.printable(json)
        }
    }

    private static func json(of value: MessageExplanation.Value) -> JSON {
        switch value {
        case .text(let text): .string(text)
        case .json(let json): JSON(parsing: json.utf8) ?? .string(json)
        }
    }

    private var quoted: String {
        let end = self.isWhole ? "\"" : "\"…"
        if !self.isBinary { return "\"" + Self.escaped(String(decoding: self.start, as: UTF8.self)) + end }
        let bytes = self.start.map { byte in
            (0x20..<0x7F).contains(byte)
                ? Self.escaped(String(UnicodeScalar(byte))) : "\\x" + Self.hexadecimal(byte)
        }
        return "b\"" + bytes.joined() + end
    }

    /// Between quotes.
    private static func escaped(_ text: String) -> String { Self.printable(text, escapes: true) }

    /// Without what could end the line or change the terminal.
    ///
    /// - Parameter escapes: quotes and backslashes, too.
    private static func printable(_ text: String, escapes: Bool = false) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where escapes: escaped += "\\\""
            case "\\" where escapes: escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    escaped += "\\u{\(String(scalar.value, radix: 16))}"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    /// The time of the day in UTC.
    private static func clock(_ time: Int64) -> String {
        func digits(_ number: Int64, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let day = seconds % 86_400
        return "\(digits(day / 3600, 2)):\(digits(day / 60 % 60, 2)):\(digits(day % 60, 2)).\(digits(rest / 1000, 6))"
    }
}
