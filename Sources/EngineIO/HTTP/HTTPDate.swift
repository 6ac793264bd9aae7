import JSONText

/// The date of a cookie's `Expires`, in any form that browsers take (RFC 6265, section 5.1.1).
///
/// That covers the three forms of HTTP itself: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
/// `Sun Nov  6 08:49:37 1994`. Time zones are not looked at: the time is UTC.
enum HTTPDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        .map { Array($0.utf8) }

    /// Seconds since the epoch, or nil if the text is not a valid date.
    static func parse(_ text: some StringProtocol) -> Int64? {
        var time: (Int, Int, Int)?
        var day: Int?
        var month: Int?
        var year: Int?
        for token in Array(text.utf8).split(whereSeparator: self.isDelimiter) {
            if time == nil, let found = self.time(token) {
                time = found
            } else if day == nil, let found = self.leadingNumber(token, digits: 1...2) {
                day = found.value
            } else if month == nil, let found = self.month(token) {
                month = found
            } else if year == nil, let found = self.leadingNumber(token, digits: 2...4) {
                switch found.value {
                case 70...99: year = found.value + 1900
                case 0...69: year = found.value + 2000
                default: year = found.value
                }
            }
        }
        guard let (hour, minute, second) = time, let day, let month, let year, hour < 24, minute < 60, second < 60,
            year >= 1601, let date = CalendarDate(year: year, month: month, day: day)
        else { return nil }
        return Int64(date.daysSince1970 * 86400 + hour * 3600 + minute * 60 + second)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x20...0x2F, 0x3B...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    /// Three numbers with colons between; behind the third there may be anything but a digit.
    private static func time(_ token: ArraySlice<UInt8>) -> (Int, Int, Int)? {
        var rest = token
        var fields: [Int] = []
        while let field = self.leadingNumber(rest, digits: 1...2) {
            fields.append(field.value)
            if fields.count == 3 { return (fields[0], fields[1], fields[2]) }
            guard field.rest.first == UInt8(ascii: ":") else { return nil }
            rest = field.rest.dropFirst()
        }
        return nil
    }

    /// 1…12
    private static func month(_ token: ArraySlice<UInt8>) -> Int? {
        // Setting this bit makes a letter small, and no other byte that may stand in a token one of these letters.
        let letters = token.prefix(3).map { $0 | 0x20 }
        return self.months.firstIndex(of: letters).map { $0 + 1 }
    }

    /// The number that `token` begins with, if it has that many digits, and what follows them.
    private static func leadingNumber(
        _ token: ArraySlice<UInt8>, digits: ClosedRange<Int>
    ) -> (value: Int, rest: ArraySlice<UInt8>)? {
        let leading = token.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard digits.contains(leading.count) else { return nil }
        return (leading.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }, token[leading.endIndex...])
    }
}
