import Metrics
import Testing

@testable import Locust

struct RequestTallyTests {
    /// One loop's measurements, and the totals that a run makes of them.
    private final class Measured {
        let registry = MetricRegistry()
        lazy var shard = MetricShard(number: 0, registry: self.registry)
        var collector = Collector()

        func time(_ name: String, _ milliseconds: Double..., errors: [String] = []) {
            let tags = self.shard.tags(["name": name])
            for value in milliseconds {
                self.shard.trend(MetricID(.time), tags).record(nanoseconds: Int64(value * 1e6))
            }
            for text in errors {
                self.shard.counter(MetricID(.errors), self.shard.tags(["kind": "time", "name": name])).add()
                self.shard.recordError(.init(kind: "time", name: name, text: text), at: 5)
            }
        }

        func acks(_ event: String, _ milliseconds: Double..., timeouts: Int = 0) {
            let tags = self.shard.tags(["event": event])
            for value in milliseconds {
                self.shard.trend(MetricID(.sioAck), tags).record(nanoseconds: Int64(value * 1e6))
                self.shard.counter(MetricID(.sioAcks), self.shard.tags(tags, adding: "result", "ok")).add()
            }
            for _ in 0..<timeouts {
                self.shard.counter(MetricID(.sioAcks), self.shard.tags(tags, adding: "result", "timeout")).add()
                self.shard.recordError(.init(kind: "ack", name: event, text: "late"), at: 5)
            }
        }

        func received(_ count: Double) {
            self.shard.counter(MetricID(.messagesReceived), self.shard.tags([:])).add(count)
        }

        func add(to tally: inout RequestTally, source: Int = 0, at time: Double) {
            self.collector.merge(self.shard.takeDelta())
            tally.add(
                LocustRequests(self.collector.metrics, countsPushes: true), errors: self.collector.errors,
                source: source, at: time)
        }
    }

    private func entry(_ report: StatisticsReport, _ name: String, method: String = "EIO") -> StatisticsReport.Entry? {
        report.entries[.init(method: method, name: name)]
    }

    @Test func eventsThatWantAnAckAreRequests() {
        let measured = Measured()
        var tally = RequestTally()
        measured.time("join", 1)
        measured.acks("join", 2, 4, timeouts: 1)
        measured.acks("", 8)
        measured.shard.trend(MetricID(.sioConnect), measured.shard.tags(["namespace": "/"])).record(3)
        measured.shard.counter(MetricID(.errors), measured.shard.tags(["kind": "namespace"])).add(2)
        measured.shard.recordError(.init(kind: "namespace", text: "refused"), at: 5)
        measured.add(to: &tally, at: 100)
        let report = tally.takeReport(at: 101)
        let join = self.entry(report, "join", method: "SIO")
        #expect(join?.requests == 3 && join?.failures == 1 && join?.untimed == 1)
        #expect(join?.times == [2: 1, 4: 1])
        #expect(self.entry(report, "", method: "SIO")?.requests == 1)
        let connect = self.entry(report, "connect", method: "SIO")
        #expect(connect?.requests == 3 && connect?.failures == 2 && connect?.untimed == 2)
        #expect(self.entry(report, "join")?.requests == 1)
        let failures = Set(report.failures.keys)
        #expect(
            failures == [
                .init(request: .init(method: "SIO", name: "join"), text: "late"),
                .init(request: .init(method: "SIO", name: "connect"), text: "refused"),
            ])
    }

    @Test func reportsAreDifferencesThatAddUp() {
        let measured = Measured()
        var tally = RequestTally()
        measured.time("echo", 2, 4)
        measured.add(to: &tally, at: 100.2)
        measured.time("echo", 100)
        measured.add(to: &tally, at: 101.2)
        let first = tally.takeReport(at: 102)
        let echo = self.entry(first, "echo")
        #expect(echo?.requests == 3)
        #expect(echo?.requestsBySecond == [100: 2, 101: 1])
        #expect(echo?.times == [2: 1, 4: 1, 100: 1])
        #expect(echo?.minTime == 2 && echo?.maxTime == 100 && echo?.totalTime == 106)
        #expect(tally.takeReport(at: 103).entries.isEmpty)
        measured.time("echo", 7)
        measured.add(to: &tally, at: 104.2)
        let second = self.entry(tally.takeReport(at: 105), "echo")
        #expect(second?.requests == 1)
        #expect(second?.times == [7: 1])
        #expect(second.map { abs(($0.minTime ?? 0) - 7) < 0.06 && $0.totalTime == 7 } == true)
        #expect(tally.reported == .init(requests: 4, failures: 0))
    }

    @Test func failuresAreCountedByTheirText() {
        let measured = Measured()
        var tally = RequestTally()
        measured.time("echo", 1, 1, errors: ["late", "late"])
        measured.add(to: &tally, at: 10)
        measured.time("echo", 1, errors: ["late"])
        measured.add(to: &tally, at: 11)
        let report = tally.takeReport(at: 12)
        #expect(self.entry(report, "echo")?.failures == 3)
        #expect(report.failures.map(\.value.count) == [3])
        #expect(report.failures.keys.map(\.text) == ["late"])
        #expect(report.total.failures == 3)
    }

    @Test func pushedMessagesHaveNoTime() {
        let measured = Measured()
        var tally = RequestTally()
        measured.received(5)
        measured.add(to: &tally, at: 10)
        let report = tally.takeReport(at: 12)
        let pushes = self.entry(report, "message", method: "PUSH")
        #expect(pushes?.requests == 5 && pushes?.untimed == 5)
        #expect(pushes?.minTime == nil && pushes?.times == [:])
        #expect(report.total.requests == 5 && report.total.untimed == 5)
    }

    @Test func sourcesOfOneNameAreAddedUp() {
        let (one, other) = (Measured(), Measured())
        var tally = RequestTally()
        one.time("echo", 1)
        other.time("echo", 1, 1)
        one.add(to: &tally, source: 0, at: 1)
        other.add(to: &tally, source: 1, at: 1)
        one.add(to: &tally, source: 0, at: 2)
        #expect(self.entry(tally.takeReport(at: 3), "echo")?.requests == 3)
    }

    @Test func namesThatAreCutToOneAreOneRequest() {
        let measured = Measured()
        var tally = RequestTally()
        let long = String(repeating: "n", count: 300)
        for _ in 0..<3 {
            measured.time(long + "a", 1)
            measured.time(long + "b", 2, 2)
            measured.time("connect", 3)
            measured.add(to: &tally, at: 1)
        }
        let report = tally.takeReport(at: 3)
        #expect(report.entries.count == 2)
        #expect(report.total.requests == 12)
    }

    @Test func aNewTestBeginsAtZero() {
        var tally = RequestTally()
        let measured = Measured()
        measured.time("echo", 1, 1, 1)
        measured.add(to: &tally, at: 1)
        tally.startTest()
        let next = Measured()
        next.time("echo", 1)
        next.add(to: &tally, at: 2)
        #expect(tally.takeReport(at: 3).total.requests == 1)
    }

    @Test(arguments: [
        (0.0, 0), (0.5, 0), (1.5, 2), (99.4, 99), (99.6, 100), (104.9, 100), (145, 140), (155, 160), (999, 1000),
        (1049, 1000), (1051, 1100), (9999, 10_000), (10_499, 10_000), (10_501, 11_000),
    ])
    func timesAreRoundedAsLocustDoes(_ time: Double, _ rounded: Int) {
        #expect(StatisticsReport.rounded(time) == rounded)
    }
}

struct ExceptionQueueTests {
    private func errors(_ counts: [String: Int]) -> ErrorTable {
        var table = ErrorTable()
        for (text, count) in counts {
            table.add(.init(count: UInt64(count), first: 1, last: 2), for: .init(kind: "iteration", text: text))
        }
        return table
    }

    @Test func everyOccurrenceIsOneMessageSoonerOrLater() {
        var queue = ExceptionQueue()
        queue.add(self.errors(["a": 30, "b": 2]), source: 0)
        queue.add(self.errors(["a": 31, "b": 2]), source: 0)
        #expect(queue.count == 33)
        var sent: [WorkerMessage] = []
        for _ in 0..<4 {
            let taken = queue.take(atMost: 10)
            #expect(taken.count <= 10)
            sent += taken
        }
        #expect(sent.contains(.exception(message: "b", traceback: "iteration: b")))
        while queue.count > 0 { sent += queue.take(atMost: 10) }
        #expect(sent.count == 33)
    }

    @Test func failuresOfRequestsAreNone() {
        var table = ErrorTable()
        table.record(.init(kind: "connect", text: "refused"), at: 1)
        table.record(.init(kind: "time", name: "x", text: "late"), at: 1)
        var queue = ExceptionQueue()
        queue.add(table, source: 0)
        #expect(queue.count == 0)
    }

    @Test func linesOfTheLogAreReportedOnceAndBounded() {
        var lines = LogLines()
        #expect(lines.takeAll() == nil)
        for number in 0..<5000 { lines.add("line \(number)") }
        let all = lines.takeAll()
        #expect(all?.count == 200 && all?.last == "line 4999")
        #expect(lines.takeAll() == nil)
    }
}
