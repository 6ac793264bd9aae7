/// A metric, or the part of it whose samples have certain tags: `eio_time{name:join,transport:polling}`.
package struct MetricSelector: Hashable, Sendable, CustomStringConvertible {
    package let metric: String
    package let tags: TagSet

    package init(metric: String, tags: TagSet = TagSet()) { (self.metric, self.tags) = (metric, tags) }

    /// Reads `metric` or `metric{tag:value,tag2:value2}`; values may be quoted with `"` or `'` (k6, "Thresholds").
    package init(parsing text: String) throws(ThresholdSyntaxError) {
        var scanner = TextScanner(text)
        let start = scanner
        let metric = scanner.take { $0.isWordCharacter }
        guard let first = metric.unicodeScalars.first, !first.isDigit else {
            throw start.error("a metric's name starts with a letter or \"_\" and has letters, digits and \"_\"")
        }
        var tags = TagSet()
        if scanner.take("{") {
            repeat {
                scanner.skipSpaces()
                let start = scanner
                let key = scanner.take { $0 != ":" && $0 != "," && $0 != "}" && $0 != "{" }.trimmed
                guard !key.isEmpty else { throw start.error("expected the name of a tag") }
                guard scanner.take(":") else { throw scanner.error("expected \":\" after the tag's name") }
                let value = try Self.value(&scanner)
                guard tags[key] == nil else { throw start.error("the tag \"\(key)\" is named twice") }
                tags.set(key, to: value)
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

    package var description: String {
        guard !self.tags.isEmpty else { return self.metric }
        return "\(self.metric){\(self.tags.tags.map { "\($0.key):\($0.value)" }.joined(separator: ","))}"
    }
}
