/// A metric, or the part of it whose samples carry certain tags: `eio_time{name:join,transport:polling}`.
///
/// The tags of two selectors that mean the same stand in the same order, so that equal ones compare equal.
public struct MetricSelector: Hashable, Sendable, CustomStringConvertible {
    public let metric: String
    /// Sorted by name.
    public let tags: [Tag]

    public struct Tag: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(metric: String, tags: [String: String] = [:]) {
        self.metric = metric
        self.tags = tags.map { Tag(name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
    }

    /// Reads `metric` or `metric{tag:value,tag2:value2}`; values may be quoted with `"` or `'` (k6, "Thresholds").
    public init(parsing text: String) throws(ThresholdSyntaxError) {
        var scanner = TextScanner(text)
        let start = scanner
        let metric = scanner.take { $0.isWordCharacter }
        guard let first = metric.unicodeScalars.first, !first.isDigit else {
            throw start.error("a metric's name starts with a letter or \"_\" and has letters, digits and \"_\"")
        }
        var tags: [String: String] = [:]
        if scanner.take("{") {
            repeat {
                scanner.skipSpaces()
                let start = scanner
                let name = scanner.take { $0 != ":" && $0 != "," && $0 != "}" && $0 != "{" }.trimmed
                guard !name.isEmpty else { throw start.error("expected the name of a tag") }
                guard scanner.take(":") else { throw scanner.error("expected \":\" after the tag's name") }
                let value = try Self.value(&scanner)
                guard tags.updateValue(value, forKey: name) == nil else {
                    throw start.error("the tag \"\(name)\" is named twice")
                }
            } while scanner.take(",")
            guard scanner.take("}") else { throw scanner.error("expected \",\" or \"}\"") }
        }
        guard scanner.isAtEnd else { throw scanner.error("expected \"{\" or the end") }
        self.init(metric: metric, tags: tags)
    }

    private static func value(_ scanner: inout TextScanner) throws(ThresholdSyntaxError) -> String {
        scanner.skipSpaces()
        for quote in ["\"", "'"] as [Unicode.Scalar] where scanner.take(quote) {
            let value = scanner.take { $0 != quote }
            guard scanner.take(quote) else { throw scanner.error("the quote is not closed") }
            scanner.skipSpaces()
            return value
        }
        return scanner.take { $0 != "," && $0 != "}" }.trimmed
    }

    public var description: String {
        if self.tags.isEmpty { return self.metric }
        return self.metric + "{" + self.tags.map { "\($0.name):\($0.value)" }.joined(separator: ",") + "}"
    }
}

extension String {
    /// Without spaces at either end.
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
