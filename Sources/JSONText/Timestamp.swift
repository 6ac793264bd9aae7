/// Points in time as outputs write them, in UTC.
package enum Timestamp {
    /// RFC 3339 with as many digits of the second as are needed, at most nine.
    package static func rfc3339(nanoseconds: Int64) -> String {
        let (seconds, rest) = Int(nanoseconds).dividedDown(by: 1_000_000_000)
        let fraction = DecimalText.withoutTrailingZeros(DecimalText.text(ofScaled: Int64(rest), digits: 9)).dropFirst()
        return Self.date(seconds: seconds, separator: "T") + fraction + "Z"
    }

    /// RFC 3339 with six digits of the second, as parsers of other languages expect them; texts sort as times do.
    package static func microseconds(nanoseconds: Int64) -> String {
        let (seconds, rest) = Int(nanoseconds).dividedDown(by: 1_000_000_000)
        let fraction = DecimalText.text(ofScaled: Int64(rest / 1000), digits: 6).dropFirst()
        return Self.date(seconds: seconds, separator: "T") + fraction + "Z"
    }

    /// RFC 3339 without a fraction.
    /// - Parameter seconds: since 1970.
    package static func rfc3339(seconds: Double) -> String {
        Self.date(seconds: Self.whole(seconds), separator: "T") + "Z"
    }

    /// For people.
    /// - Parameter seconds: since 1970.
    package static func readable(seconds: Double) -> String {
        Self.date(seconds: Self.whole(seconds), separator: " ") + " UTC"
    }

    private static func whole(_ seconds: Double) -> Int {
        Int(Swift.min(Swift.max(seconds.rounded(.down), -1e12), 1e12))
    }

    private static func date(seconds: Int, separator: String) -> String {
        let (days, second) = seconds.dividedDown(by: 86_400)
        let date = CalendarDate(daysSince1970: days)
        let two = { (number: Int) in number < 10 ? "0\(number)" : String(number) }
        let time = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(date.year)-\(two(date.month))-\(two(date.day))\(separator)\(time)"
    }
}
