import LoadPlan
import Testing

struct DurationTextTests {
    @Test(arguments: [
        ("1m30s", Duration.seconds(90)), ("500ms", .milliseconds(500)), ("1h", .seconds(3_600)), ("0", .zero),
        ("1.5s", .milliseconds(1_500)), ("1d12h", .seconds(129_600)), ("250", .milliseconds(250)),
        ("0.5", .microseconds(500)), ("10us", .microseconds(10)), ("10µs", .microseconds(10)), ("7ns", .nanoseconds(7)),
        ("-5s", .seconds(-5)), ("+5s", .seconds(5)), (".5s", .milliseconds(500)), ("366d", .seconds(366 * 86_400)),
    ])
    func durationsAsK6WritesThem(_ text: String, _ duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "s", "5 s", "5x", "1m30", "five", "1..5s", ".s", "1e3", "inf", "nan", "0x10", "-", "--5s", "5S", " 5s",
        "367d", "99999999999999999999h", "1s-2s", "٥s",
    ])
    func anythingElseIsNone(_ text: String) {
        #expect(DurationText.parse(text) == nil)
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
