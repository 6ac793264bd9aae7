/// The date of a cookie's `Expires`, in any form that browsers take (RFC 6265, section 5.1.1).
enum HTTPDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since the epoch, or nil for what is no date.
    static func parse(_ text: some StringProtocol) -> Int64? {
        var time: (Int, Int, Int)?
        var day: Int?
        var month: Int?
        var year: Int?
        for token in text.utf8.split(whereSeparator: Self.isDelimiter) {
            let token = String(decoding: token, as: UTF8.self).lowercased()
            if time == nil, let found = Self.time(token) {
                time = found
            } else if day == nil, let found = Self.number(token, digits: 1...2) {
                day = found
            } else if month == nil, let found = Self.months.firstIndex(of: String(token.prefix(3))) {
                month = found + 1
            } else if year == nil, let found = Self.number(token, digits: 2...4) {
                year = found < 70 ? found + 2000 : found < 100 ? found + 1900 : found
            }
        }
        guard let (hour, minute, second) = time, let day, let month, let year else { return nil }
        guard (1...31).contains(day), year >= 1601, hour < 24, minute < 60, second < 60 else { return nil }
        let seconds = Self.daysSinceEpoch(year: year, month: month, day: day) * 86400
        return Int64(seconds + hour * 3600 + minute * 60 + second)
    }

    private static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x20...0x2F, 0x3B...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private static func time(_ token: String) -> (Int, Int, Int)? {
        let parts = token.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = self.number(parts[0], digits: 1...2),
            let minute = self.number(parts[1], digits: 1...2), let second = self.number(parts[2], digits: 1...2)
        else { return nil }
        return (hour, minute, second)
    }

    /// The number that `token` begins with, if it has that many digits.
    private static func number(_ token: some StringProtocol, digits: ClosedRange<Int>) -> Int? {
        let leading = token.utf8.prefix { (0x30...0x39).contains($0) }
        guard digits.contains(leading.count) else { return nil }
        return leading.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// The days from 1970-01-01 in the Gregorian calendar, by years that begin in March.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
