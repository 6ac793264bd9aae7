import Testing

@testable import LoadPlan

struct DurationTextTests {
    @Test(arguments: [
        ("1m30s", Duration.seconds(90)), ("500ms", .milliseconds(500)), ("1h", .seconds(3_600)), ("0", .zero),
        ("1.5s", .milliseconds(1_500)), ("1d12h", .seconds(129_600)), ("0.0", .zero),
        ("-0", .zero), ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("7ns", .nanoseconds(7)),
        ("-5s", .seconds(-5)), ("+5s", .seconds(5)), (".5s", .milliseconds(500)), ("366d", .seconds(366 * 86_400)),
    ])
    func durationsAsK6WritesThem(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "s", "5 s", "5x", "1m30", "five", "1..5s", ".s", "1e3", "inf", "nan", "0x10", "-", "--5s", "5S", " 5s",
        "30", "0.5", "-1", "+250",
        "367d", "99999999999999999999h", "1s-2s", "٥s",
    ])
    func anythingElseIsNone(_ text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func aNumberWithoutAUnitIsRefusedWithBothReadings() {
        let text = "30 is not a valid duration: write 30s (seconds) or 30ms (milliseconds)"
        #expect(DurationText.complaint("30") == text)
        #expect(DurationText.complaint("-1.5").contains("write -1.5s (seconds) or -1.5ms (milliseconds)"))
        for other in ["", "5 s", "--5", "1..5", "."] { #expect(DurationText.complaint(other).contains("1m30s")) }
    }

    @Test(arguments: [
        (Duration.seconds(90), "1m30s"), (.seconds(60), "1m0s"), (.zero, "0s"), (.milliseconds(500), "500ms"),
        (.milliseconds(2_500), "2.5s"), (.seconds(3_600), "1h0m0s"), (.seconds(90_061), "25h1m1s"),
        (.microseconds(1_500), "1.5ms"), (.nanoseconds(1_500), "1.5µs"), (.nanoseconds(15), "15ns"),
        (.milliseconds(60_050), "1m0.05s"), (.seconds(-5), "-5s"),
    ])
    func printedAsGoDoes(_ duration: Duration, _ text: String) {
        #expect(duration.planText == text)
    }
}
