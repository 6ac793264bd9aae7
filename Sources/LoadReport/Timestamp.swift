import Metrics

/// Points in time as outputs write them, in UTC.
package enum Timestamp {
    /// RFC 3339 with as many digits of the second as are needed, at most nine.
    package static func rfc3339(nanoseconds: Int64) -> String {
        let (seconds, rest) = Self.split(nanoseconds, by: 1_000_000_000)
        let fraction = DecimalText.withoutTrailingZeros(DecimalText.text(ofScaled: rest, digits: 9)).dropFirst()
        return Self.date(seconds: seconds, separator: "T") + fraction + "Z"
    }

    /// RFC 3339 without a fraction.
    /// - Parameter seconds: since 1970.
    package static func rfc3339(seconds: Double) -> String {
        Self.date(seconds: Self.whole(seconds), separator: "T") + "Z"
    }

    /// For people.
    /// - Parameter seconds: since 1970.
    static func readable(seconds: Double) -> String { Self.date(seconds: Self.whole(seconds), separator: " ") + " UTC" }

    private static func whole(_ seconds: Double) -> Int64 {
        Int64(Swift.min(Swift.max(seconds.rounded(.down), -1e12), 1e12))
    }

    private static func split(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func date(seconds: Int64, separator: String) -> String {
        let (days, second) = Self.split(seconds, by: 86_400)
        let (year, month, day) = Self.civil(days)
        let two = { (number: Int64) in number < 10 ? "0\(number)" : String(number) }
        let time = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
        return "\(year)-\(two(month))-\(two(day))\(separator)\(time)"
    }

    /// The Gregorian date of a day since 1970-01-01. Years begin in March, so that the leap day is the last one.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = Self.split(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
