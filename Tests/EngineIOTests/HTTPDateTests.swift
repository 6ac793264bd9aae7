import TestSupport
import Testing

@testable import EngineIO

struct HTTPDateTests {
    /// The example of RFC 9110, section 5.6.7.
    private static let example: Int64 = 784_111_777

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func theThreeFormsOfHTTP(text: String) {
        #expect(HTTPDate.parse(text) == Self.example)
    }

    @Test(arguments: [
        "06 Nov 1994 08:49:37", "Nov 6 1994 8:49:37", "1994 November 6 08:49:37", "08:49:37 6 nOVEMBER 1994",
        "Sun,06-Nov-1994,08:49:37", "Sun, 06-Nov-1994 08:49:37 GMT", "\t6\tNov\t94\t8:49:37\t",
        "6 Nov 94 08:49:37 +0200",
        "Sun Nov 06 1994 08:49:37 GMT+0000 (UTC)", "6th Nov 1994AD 08:49:37Z", "06 Nov 1994 08:49:37.500",
        "06 Nov 1994 08:49:37:99", "06/Nov/1994 08:49:37", "06 Nov 1994 08:49:37 07 Dec 2001 01:02:03",
        "garbage 06 Nov 1994 more garbage 08:49:37", "é 06 Nové 1994 08:49:37", "SUN, 06 NOV 1994 08:49:37 GMT",
        "Monday, 06-Nov-94 08:49:37 GMT", "06 Nov 1994 Dec 08:49:37 12 2001", "06 Nov 1994 08:49:37\u{301}",
        "\"Sun, 06 Nov 1994 08:49:37 GMT\"",
    ])
    func whatElseBrowsersTake(text: String) {
        #expect(HTTPDate.parse(text) == Self.example)
    }

    @Test(arguments: [
        ("01 Jan 1970 00:00:00", 0), ("31 Dec 1969 23:59:59", -1), ("19 Jan 2038 03:14:08", 2_147_483_648),
        ("29 Feb 2000 00:00:00", 951_782_400), ("29 Feb 2024 12:00:00", 1_709_208_000),
        ("01 Mar 2100 00:00:00", 4_107_542_400), ("31 Dec 9999 23:59:59", 253_402_300_799),
        ("01 Jan 1601 00:00:00", -11_644_473_600), ("01 Jan 69 00:00:00", 3_124_224_000),
        ("Thursday, 01-Jan-70 00:00:00 GMT", 0), ("Tuesday, 01-Jan-69 00:00:00 GMT", 3_124_224_000),
        ("Friday, 31-Dec-99 23:59:59 GMT", 946_684_799), ("06 Nov 06 08:49:37", 1_162_802_977),
        ("Wed Nov 16 08:49:37 1994", 784_975_777), ("28 Feb 1900 23:59:59", -2_203_891_201),
        ("01 Jan 70 00:00:00", 0), ("01 Jan 00 00:00:00", 946_684_800), ("01 Jan 0070 00:00:00", 0),
    ])
    func secondsSinceTheEpoch(text: String, seconds: Int64) {
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(arguments: [
        "", " ", "whenever", "0", "-1", "06 Nov 1994", "Nov 1994 08:49:37", "06 1994 08:49:37", "06 Nov 08:49:37",
        "00 Nov 1994 08:49:37", "32 Nov 1994 08:49:37", "31 Nov 1994 08:49:37", "30 Feb 2000 00:00:00",
        "29 Feb 2023 00:00:00", "29 Feb 2100 00:00:00", "06 Nov 1600 08:49:37", "06 Nov 100 08:49:37",
        "06 Nov 1994 24:00:00", "06 Nov 1994 08:60:00", "06 Nov 1994 08:49:60", "06 Nov 1994 08:49",
        "06 Nov 1994 08::37", "06 Nov 1994 008:49:37", "06 Nov 1994 08x:49:37", "06 Nov 1994 08:49:377",
        "006 Nov 1994 08:49:37", "06 No 1994 08:49:37", "06 Nox 1994 08:49:37", "06 Nov 19945 08:49:37",
        "29 Feb 1900 00:00:00", "94 Nov 06 08:49:37", "06 Nov 994 08:49:37", "99 99 99 99:99:99", "06 Nov -1 08:49:37",
        "06 Nov 1994 -08:49", "06 Nov 1994 99999999999999999999:00:00", "06 Nov 99999999999999999999 08:49:37",
        "06 Nov 1994 :08:49:37", "06 Nov 1994 08:49:", "06\u{A0}Nov\u{A0}1994\u{A0}08:49:37",
        "06 N\u{14F}v 1994 08:49:37",
        "06 Nov 1 08:49:37", "٠٦ Nov ١٩٩٤ 08:49:37", "\0", "é", "1994-11-06T08:49:37Z",
    ])
    func whatIsNoDate(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }

    /// RFC 6265, section 5.1.1: 09, 20-2F, 3B-40, 5B-60, 7B-7E.
    @Test func delimiters() {
        let delimiters = "\t !\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~"
        for byte in 0..<UInt8(0x80) {
            let delimiter = Character(UnicodeScalar(byte))
            let text = "Sun\(delimiter)06\(delimiter)Nov\(delimiter)1994\(delimiter)08:49:37"
            #expect(HTTPDate.parse(text) == (delimiters.contains(delimiter) ? Self.example : nil), "byte \(byte)")
        }
    }

    @Test func everyMonthOfFourHundredYears() {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var seconds: Int64 = 946_684_800
        for year in 2000..<2400 {
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for (month, length) in zip(months, lengths) {
                #expect(HTTPDate.parse("1 \(month) \(year) 00:00:00") == seconds)
                seconds += length * 86400
                #expect(HTTPDate.parse("\(length) \(month) \(year) 23:59:59") == seconds - 1)
                #expect(HTTPDate.parse("\(length + 1) \(month) \(year) 00:00:00") == nil)
            }
        }
    }

    @Test(arguments: ["1", ":", " ", "1:", "Nov ", "é", "9 "])
    func longRubbishTakesNoLongTime(piece: String) {
        expectLinearTime(size: 20_000) {
            String(repeating: piece, count: $0 / piece.utf8.count)
        } work: { text in
            check(HTTPDate.parse(text), nil)
        }
    }
}
