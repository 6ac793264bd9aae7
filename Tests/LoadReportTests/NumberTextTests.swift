import JSONText
import LoadPlan
import Metrics
import Testing

@testable import LoadReport

struct NumberTextTests {
    private typealias Case = (value: Double, text: String)

    private static let durations: [Case] = [
        (0, "0s"), (0.000_5, "500ns"), (0.001, "1µs"), (0.25, "250µs"), (0.999_99, "999.99µs"), (1, "1ms"),
        (152.388, "152.38ms"), (999.999, "999.99ms"), (1_000, "1s"), (59_999, "59.99s"), (60_000, "1m0s"),
        (61_500, "1m1s"), (3_600_000, "1h0m0s"), (90_061_000, "25h1m1s"), (-2, "-2ms"), (1e300, "2500000h0m0s"),
    ]
    private static let bytes: [Case] = [
        (0, "0 B"), (9, "9 B"), (12, "12 B"), (999, "999 B"), (1_000, "1.0 kB"), (9_949, "9.9 kB"), (9_950, "10 kB"),
        (519_000, "519 kB"), (1_234_567, "1.2 MB"), (5e9, "5.0 GB"),
    ]
    private static let shares: [Case] = [
        (1, "100.00%"), (0.999_99, "99.99%"), (0.29, "29.00%"), (0, "0.00%"), (1.0 / 3, "33.33%"),
    ]
    private static let plain: [Case] = [
        (13.122_179, "13.122179"), (6.5, "6.5"), (120, "120"), (-0.25, "-0.25"), (-1e-9, "0"), (1e300, "1e+300"),
    ]

    @Test(arguments: NumberTextTests.durations)
    private func aDuration(_ test: Case) { #expect(NumberText.duration(test.value) == test.text) }

    @Test func aDurationInAUnit() {
        #expect(NumberText.duration(152.388, in: .seconds) == "0.15s")
        #expect(NumberText.duration(152.388, in: .milliseconds) == "152.39ms")
        #expect(NumberText.duration(152.388, in: .microseconds) == "152388.00µs")
        #expect(NumberText.duration(-0.25, in: .microseconds) == "-250.00µs")
        #expect(NumberText.duration(152.388, in: nil) == "152.38ms")
    }

    @Test(arguments: NumberTextTests.bytes)
    private func aNumberOfBytes(_ test: Case) { #expect(NumberText.bytes(test.value) == test.text) }

    @Test(arguments: NumberTextTests.shares)
    private func aShare(_ test: Case) { #expect(NumberText.percentage(test.value) == test.text) }

    @Test(arguments: NumberTextTests.plain)
    private func aPlainNumber(_ test: Case) { #expect(NumberText.plain(test.value) == test.text) }

    @Test func secondsAreCutAndNotRounded() { #expect(1_700_000_002.9.truncated(0) == "1700000002") }
}
