import JSONText
import Testing

struct CalendarDateTests {
    /// Walks day by day through a cycle of the calendar.
    @Test func eachDayIsTheOneAfterTheDayBefore() {
        var date = CalendarDate(daysSince1970: -80_000)
        for days in -79_999...80_000 {
            let tomorrow =
                CalendarDate(year: date.year, month: date.month, day: date.day + 1)
                ?? CalendarDate(year: date.year, month: date.month + 1, day: 1)
                ?? CalendarDate(year: date.year + 1, month: 1, day: 1)
            date = CalendarDate(daysSince1970: days)
            // One expectation for each day would take seconds.
            guard date == tomorrow, date.daysSince1970 == days else {
                Issue.record("day \(days): \(date), expected \(String(describing: tomorrow))")
                return
            }
        }
    }

    @Test(arguments: [
        (1970, 1, 1, 0), (1969, 12, 31, -1), (2000, 2, 29, 11_016), (2000, 3, 1, 11_017), (1601, 1, 1, -134_774),
        (0, 1, 1, -719_528), (9999, 12, 31, 2_932_896),
    ]) func knownDays(year: Int, month: Int, day: Int, days: Int) throws {
        let date = try #require(CalendarDate(year: year, month: month, day: day))
        #expect(date.daysSince1970 == days)
        #expect(CalendarDate(daysSince1970: days) == date)
    }

    @Test(arguments: [
        (1900, 2, 29), (2023, 2, 29), (2024, 2, 30), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0),
    ]) func daysThatTheCalendarDoesNotHave(year: Int, month: Int, day: Int) {
        #expect(CalendarDate(year: year, month: month, day: day) == nil)
    }

    @Test(arguments: [(7, 1, 3), (-7, -2, 1), (-8, -2, 0), (0, 0, 0)])
    func divisionRoundsDown(number: Int, quotient: Int, remainder: Int) {
        #expect(number.dividedDown(by: 4) == (quotient, remainder))
    }
}
