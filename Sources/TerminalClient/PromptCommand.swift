import EngineIO
import JSONText
import ProcessSupport
import SocketIO

/// The meaning of a line that was typed at the prompt.
enum PromptCommand: Equatable {
    case send(OutgoingMessage)
    case help
    case info
    case trace(Bool)
    case disconnect
    case connect
    case quit

    /// The names of all commands.
    static let names = [".help", ".emit", ".call", ".binary", ".trace", ".info", ".disconnect", ".connect", ".quit"]

    /// The commands whose first argument is the name of an event.
    static let emitting = [".emit", ".call"]

    static let helpText = """
        .emit EVENT [JSON ...]  emits an event with these arguments
        .call EVENT [JSON ...]  emits it and asks for an ack
        .binary BASE64          sends bytes
        .trace on, .trace off   shows each packet, or no longer
        .info                   shows the session
        .disconnect, .connect   ends the session, begins another one
        .quit                   ends the program, as Ctrl-D does
        Any other line is sent as text. A line that begins with two dots is sent without the first one.
        """

    /// The command of a line; nil for an empty one.
    init?(_ line: String, _ format: InputFormat) throws(UsageError) {
        guard line.utf8.first == UInt8(ascii: "."), !line.hasPrefix("..") else {
            let text = Array(line.utf8.dropFirst(line.hasPrefix("..") ? 1 : 0))
            guard !text.isEmpty, let message = try format.message(ofLine: text) else { return nil }
            self = .send(message)
            return
        }
        let name = String(line.prefix { $0 != " " })
        let rest = line.dropFirst(name.count).drop { $0 == " " }
        switch (name, rest) {
        case (".help", ""): self = .help
        case (".info", ""): self = .info
        case (".disconnect", ""): self = .disconnect
        case (".connect", ""): self = .connect
        case (".quit", ""), (".exit", ""): self = .quit
        case (".trace", "on"): self = .trace(true)
        case (".trace", "off"): self = .trace(false)
        case (".trace", _): throw UsageError("write .trace on or .trace off")
        case (".emit", _): self = .send(try Self.event(rest, format, wantsAck: format.wantsAcks))
        case (".call", _): self = .send(try Self.event(rest, format, wantsAck: true))
        case (".binary", _):
            guard !rest.isEmpty, let bytes = BinaryObject.bytes(ofBase64: String(rest)) else {
                throw UsageError("write the bytes in base64: .binary AP8=")
            }
            self = .send(format.message(ofBytes: bytes))
        default:
            if let known = Self.names.first(where: { $0 == name }) { throw UsageError("\(known) has no argument") }
            let meant = nearestName(to: name, among: Self.names).map { "did you mean \($0)?" }
            throw UsageError("'\(Self.shown(name[...]))' is not a command: \(meant ?? ".help lists them")")
        }
    }

    /// `join {"room":1} 2`.
    private static func event(
        _ text: Substring, _ format: InputFormat, wantsAck: Bool
    ) throws(UsageError) -> OutgoingMessage {
        guard format.isSocketIO else {
            throw UsageError("Engine.IO has no events: --socketio is for a Socket.IO server")
        }
        let words = Self.words(text)
        guard let name = words.first else { throw UsageError("write .emit EVENT, and its arguments as JSON") }
        var arguments: [SocketIOValue] = []
        for word in words.dropFirst() {
            guard let json = JSON(parsing: word.utf8, maximumDepth: SocketIOValue.maximumDepth) else {
                throw UsageError("the argument \(Self.shown(word)) is not valid JSON: a string needs quotes")
            }
            arguments.append(SocketIOValue(json))
        }
        let event = JSON(parsing: name.utf8)?.string ?? String(name)
        return .event(OutgoingEvent(event, arguments, wantsAck: wantsAck))
    }

    /// The beginning of a word that may be a pasted document.
    private static func shown(_ word: Substring) -> String {
        let start = word.unicodeScalars.prefix(Self.longestShown)
        return String(start) + (start.endIndex < word.endIndex ? "…" : "")
    }

    private static let longestShown = 40

    /// Words that are separated by spaces outside of strings, arrays and objects.
    private static func words(_ text: Substring) -> [Substring] {
        var words: [Substring] = []
        var start = text.startIndex
        var depth = 0
        var isInString = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            switch character {
            case _ where isEscaped: isEscaped = false
            case "\\" where isInString: isEscaped = true
            case "\"": isInString.toggle()
            case _ where isInString: break
            case "[", "{": depth += 1
            case "]", "}": depth -= 1
            case " " where depth <= 0:
                if start < index { words.append(text[start..<index]) }
                start = text.index(after: index)
            default: break
            }
        }
        return start < text.endIndex ? words + [text[start...]] : words
    }
}
