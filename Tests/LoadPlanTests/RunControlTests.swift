import LoadPlan
import Testing

struct RunControlTests {
    @Test(arguments: [
        ("1000000", 1_000_000), ("64MB", 64 << 20), ("512k", 512 << 10), ("1.5GiB", 3 << 29), ("8b", 8), ("0", 0),
    ])
    func sizes(text: String, bytes: Int) { #expect(ByteSize.parse(text) == bytes) }

    @Test(arguments: ["", "MB", "1 MB", "-1", "1QB", "1e9", "inf", "0x10", "9999999999999GB", "1..5k"])
    func noSizes(text: String) { #expect(ByteSize.parse(text) == nil) }

    @Test(arguments: [
        ("0", 0.0), ("1700000000.5", 1_700_000_000.5), ("1700000000250", 1_700_000_000.25),
        ("99999999999", 99_999_999_999), ("100000000000", 100_000_000), ("1970-01-01T00:00:00Z", 0),
        ("2000-03-01T00:00:00Z", 951_868_800),
        ("2024-02-29T12:30:15.25Z", 1_709_209_815.25), ("2024-02-29T12:30:15+01:30", 1_709_204_415),
        ("2024-02-29 12:30:15-00:30", 1_709_211_615), ("1969-12-31t23:59:59z", -1),
    ])
    func times(text: String, seconds: Double) { #expect(StartTime.parse(text) == seconds) }

    @Test(arguments: [
        "", "now", "-5", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+1", "2024-01-01", "2024-01-01T00:00:00Zx",
    ])
    func noTimes(text: String) { #expect(StartTime.parse(text) == nil) }

    @Test func roomForAll() {
        #expect(Preflight(descriptors: 1_000, reserved: 40, ports: 28_232).warnings(users: 960).isEmpty)
        #expect(Preflight(descriptors: 1_000, reserved: 40, ports: nil).warnings(users: 0).isEmpty)
    }

    @Test func descriptorsAreShort() {
        let warnings = Preflight(descriptors: 1_000, reserved: 40, ports: 28_232).warnings(users: 961)
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("`ulimit -n 1001`"))
    }

    @Test func portsAreShort() {
        let warnings = Preflight(descriptors: 100_000, reserved: 40, ports: 100).warnings(users: 101)
        #expect(warnings.count == 1)
        #expect(warnings[0].contains("ip_local_port_range"))
    }

    @Test func portRange() {
        #expect(Preflight.ports(range: "32768\t60999\n") == 28_232)
        #expect(Preflight.ports(range: "nothing") == nil)
        #expect(Preflight.ports(range: "5 4") == nil)
    }

    private func reading(_ second: Int, cpu: Double, lag: Double = 0) -> BottleneckWatch.Reading {
        let count = Double(second * 10)
        return .init(seconds: Double(second), cpu: cpu * Double(second), lagCount: count, lagSum: lag * count)
    }

    @Test func loopsThatDoNotComeToMeasureTheirLagAreLate() {
        var watch = BottleneckWatch(threads: 1)
        let reports = [0.0, 0, 0, 0, 1, 1, 1, 1].enumerated().map { second, count in
            watch.add(.init(seconds: Double(second), cpu: 0, lagCount: count, lagSum: count * 1_200))
        }
        #expect(reports.map { $0 != nil } == [false, false, false, false, false, false, true, false])
        #expect(watch.finding?.contains("1000 ms late") == true)
    }

    @Test func busyProcessIsReportedOnce() {
        var watch = BottleneckWatch(threads: 2)
        let reports = (0...9).compactMap { watch.add(self.reading($0, cpu: 1.9)) }
        #expect(reports.count == 1)
        #expect(reports[0].contains("95 % of 2 cores"))
        #expect(watch.finding == reports[0])
    }

    @Test func lateLoopsAreReported() {
        var watch = BottleneckWatch(threads: 2)
        let reports = (0...9).compactMap { watch.add(self.reading($0, cpu: 0.5, lag: 150)) }
        #expect(reports.count == 1)
        #expect(reports[0].contains("150 ms late"))
    }

    @Test func quietProcessIsNotReported() {
        var watch = BottleneckWatch(threads: 2)
        for second in 0...9 { #expect(watch.add(self.reading(second, cpu: 1.2, lag: 5)) == nil) }
    }
}
