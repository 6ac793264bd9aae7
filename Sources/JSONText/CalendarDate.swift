/// A day of the Gregorian calendar, which here has no beginning.
package struct CalendarDate: Equatable, Sendable {
    package let year: Int
    /// From 1 to 12.
    package let month: Int
    /// From 1.
    package let day: Int

    /// Nil if the calendar does not have this day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year) else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    // Both ways count years that begin in March, so that the leap day is the last one, in cycles of 400.

    /// - Parameter days: since 1970-01-01.
    package init(daysSince1970 days: Int) {
        let (cycle, dayOfCycle) = (days + Self.daysBefore1970).dividedDown(by: Self.daysInCycle)
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        self.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        self.year = yearOfCycle + cycle * 400 + (self.month <= 2 ? 1 : 0)
    }

    package var daysSince1970: Int {
        let (cycle, yearOfCycle) = (self.month <= 2 ? self.year - 1 : self.year).dividedDown(by: 400)
        let dayOfYear = (153 * (self.month + (self.month > 2 ? -3 : 9)) + 2) / 5 + self.day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * Self.daysInCycle + dayOfCycle - Self.daysBefore1970
    }

    private static let daysInCycle = 146_097
    /// From the first of March of the year 0.
    private static let daysBefore1970 = 719_468

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    /// The quotient rounded down, and the rest, which is never negative.
    package func dividedDown(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
