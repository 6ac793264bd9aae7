import JSONText

/// Points in time on the command line: RFC 3339 with its zone, or Unix seconds, or Unix milliseconds.
package enum StartTime {
    /// A number of so many seconds would be a time after the year 5000; `date +%s%3N` gives milliseconds.
    private static let leastMilliseconds = 1e11

    /// Seconds since 1970, or nil if `text` is not a valid time.
    package static func parse(_ text: String) -> Double? {
        if let number = Self.decimal(text[...]) { return number < Self.leastMilliseconds ? number : number / 1_000 }
        var rest = Substring(text)
        guard let year = Self.number(&rest, 4), Self.take("-", &rest), let month = Self.number(&rest, 2),
            Self.take("-", &rest), let day = Self.number(&rest, 2), Self.take("Tt ", &rest),
            let hour = Self.number(&rest, 2), Self.take(":", &rest), let minute = Self.number(&rest, 2),
            Self.take(":", &rest), let second = Self.number(&rest, 2)
        else { return nil }
        var fraction = 0.0
        if rest.first == "." {
            let digits = rest.prefix { $0 == "." || ($0.isASCII && $0.isNumber) }
            guard digits.count > 1, let value = Self.decimal("0" + digits) else { return nil }
            fraction = value
            rest = rest.dropFirst(digits.count)
        }
        guard let offset = Self.offset(&rest), rest.isEmpty else { return nil }
        guard let date = CalendarDate(year: year, month: month, day: day), hour < 24, minute < 60, second <= 60 else {
            return nil
        }
        let seconds = date.daysSince1970 * 86_400 + hour * 3_600 + minute * 60 + second
        return Double(seconds - offset) + fraction
    }

    private static func decimal(_ text: Substring) -> Double? {
        guard text.first?.isNumber == true, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
            return nil
        }
        return Double(text)
    }

    /// Seconds east of Greenwich.
    private static func offset(_ rest: inout Substring) -> Int? {
        if Self.take("Zz", &rest) { return 0 }
        let sign = rest.first == "-" ? -1 : 1
        guard Self.take("+-", &rest), let hours = Self.number(&rest, 2), Self.take(":", &rest),
            let minutes = Self.number(&rest, 2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }

    private static func number(_ rest: inout Substring, _ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        rest = rest.dropFirst(count)
        return Int(digits)
    }

    private static func take(_ characters: String, _ rest: inout Substring) -> Bool {
        guard let first = rest.first, characters.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
