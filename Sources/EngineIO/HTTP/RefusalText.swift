import JSONText

/// The words of a server's refusal, as one line that a message can show.
public enum RefusalText {
    /// How many characters of it are shown.
    public static let limit = 200
    /// How much of a body is looked at, in bytes.
    private static let readLimit = 2048
    /// Where servers put their words, the most common name first.
    package static let names = ["message", "error", "error_description", "detail", "reason"]

    /// The reason in the body: the text of a JSON string or of a JSON object's `message` (or `error` and the like),
    /// else the beginning of a plain text. Nil for a page of HTML, which says nothing that the status does not, for
    /// what is not text, and for nothing.
    public static func of(body: some Collection<UInt8>, contentType: String?) -> String? {
        if let json = JSON(parsing: body, leniently: true) {
            for text in [json.string] + self.names.map({ json[$0]?.string ?? json[$0]?["message"]?.string }) {
                if let text, let line = self.line(text) { return line }
            }
        }
        if let contentType, contentType.lowercased().utf8.firstOccurrence(of: "html".utf8) != nil { return nil }
        var bytes = Array(body.prefix(self.readLimit))
        if bytes.count < body.count {
            // Not through the middle of a character.
            while let last = bytes.last, last >= 0x80 {
                bytes.removeLast()
                if last >= 0xC0 { break }
            }
        }
        guard bytes.withUnsafeBytes({ UTF8Validation.firstInvalidOffset($0) }) == nil, !bytes.contains(0),
            let first = bytes.first(where: { $0 > 0x20 }), first != UInt8(ascii: "<")
        else { return nil }
        return self.line(String(decoding: bytes, as: UTF8.self))
    }

    /// The text in one line of at most ``limit`` characters, control characters as `\u{1B}`; nil where nothing is left.
    public static func line(_ text: String) -> String? {
        var line = ""
        var count = 0
        var isSpaceDue = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                isSpaceDue = count > 0
                continue
            }
            guard count < self.limit else { return line + "…" }
            if isSpaceDue { line += " " }
            count += isSpaceDue ? 2 : 1
            isSpaceDue = false
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                line += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line.isEmpty ? nil : line
    }
}
