import Metrics
import NIOCore
import Scripting
import Testing

@testable import LoadEngine

struct SocketIOSamplesTests {
    private let registry = MetricRegistry(selectors: [MetricSelector(metric: "sio_ack", tags: ["event": "named"])])
    private let shard: MetricShard
    private let samples: SocketIOSamples

    init() {
        self.shard = MetricShard(number: 0, registry: self.registry)
        self.samples = SocketIOSamples(
            shard: self.shard, tags: self.shard.tags(["scenario": "s"]), loggedTags: TagSet(), log: nil)
    }

    private func number(of name: String) -> UInt32 {
        Array(name.utf8).withUnsafeBytes { self.samples.number(ofEvent: $0) }
    }

    private func collected() -> Collector {
        var collector = Collector()
        collector.merge(self.shard.takeDelta())
        return collector
    }

    private func count(_ collector: Collector, _ metric: String, _ tags: TagSet) -> Double? {
        collector.value(MetricSelector(metric: metric, tags: tags), .count, seconds: 1)
    }

    @Test func eachEventHasItsSeries() {
        let (join, leave) = (self.number(of: "join"), self.number(of: "leave"))
        #expect(self.number(of: "join") == join)
        self.samples.eventSent(join)
        self.samples.eventSent(join)
        self.samples.eventReceived(leave)
        self.samples.ackEnded(join, .ok, after: .milliseconds(3))
        self.samples.ackEnded(join, .timeout, after: .seconds(60))
        let collector = self.collected()
        #expect(self.count(collector, "sio_events_sent", ["event": "join"]) == 2)
        #expect(self.count(collector, "sio_events_received", ["event": "leave"]) == 1)
        #expect(self.count(collector, "sio_acks", ["event": "join", "result": "ok"]) == 1)
        #expect(self.count(collector, "sio_acks", ["event": "join", "result": "timeout"]) == 1)
        #expect(self.count(collector, "sio_ack", ["event": "join"]) == 1)
        let ack = MetricSelector(metric: "sio_ack", tags: ["event": "join"])
        #expect(collector.value(ack, .maximum, seconds: 1).map { abs($0 - 3) < 0.1 } == true)
        #expect(
            collector.metrics.records.map(\.definition.name).sorted() == [
                "sio_ack", "sio_acks", "sio_events_received", "sio_events_sent",
            ])
    }

    @Test func namesWithDataInThemAreOther() {
        for number in 0..<3_000 { self.samples.eventReceived(self.number(of: "event \(number)")) }
        self.samples.eventReceived(self.number(of: "named"))
        let collector = self.collected()
        #expect(self.count(collector, "sio_events_received", ["event": "event 999"]) == 1)
        #expect(self.count(collector, "sio_events_received", ["event": "other"]) == 2_000)
        #expect(self.count(collector, "sio_events_received", ["event": "named"]) == 1)
        #expect(self.number(of: "one more") == self.number(of: "another"))
        #expect(self.number(of: "named") != self.number(of: "another"))
    }

    @Test func aLongNameIsCut() {
        let number = self.number(of: String(repeating: "\u{e9}", count: 600))
        #expect(self.samples.name(ofEvent: number).utf8.count == 1000)
    }
}
