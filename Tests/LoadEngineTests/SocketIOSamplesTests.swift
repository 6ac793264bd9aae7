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
        self.samples.eventSent(join, wantsAck: true)
        self.samples.eventSent(join, wantsAck: true)
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
                "sio_ack", "sio_acks", "sio_acks_open", "sio_events_received", "sio_events_sent",
            ])
    }

    @Test func eachAckIsOpenUntilItEnds() {
        let (join, leave, plain) = (self.number(of: "join"), self.number(of: "leave"), self.number(of: "plain"))
        var collector = Collector()
        func open(_ event: String?) -> Double? {
            collector.merge(self.shard.takeDelta())
            collector.closeInterval(at: 1)
            let tags = event.map { TagSet().setting("event", to: $0) } ?? TagSet()
            return collector.value(MetricSelector(metric: "sio_acks_open", tags: tags), .value, seconds: 1)
        }
        self.samples.eventSent(plain, wantsAck: false)
        #expect(open(nil) == nil)
        for _ in 0..<3 { self.samples.eventSent(join, wantsAck: true) }
        // Also an event whose acks come within a step has a value.
        self.samples.eventSent(leave, wantsAck: true)
        self.samples.ackEnded(leave, .ok, after: .milliseconds(1))
        #expect(open("join") == 3)
        #expect(open("leave") == 0)
        self.samples.ackEnded(join, .ok, after: .milliseconds(1))
        self.samples.ackEnded(join, .disconnected, after: .milliseconds(1))
        self.samples.eventSent(leave, wantsAck: true)
        #expect(open("join") == 1)
        #expect(open(nil) == 2)
        #expect(open("plain") == nil)
        let all = MetricSelector(metric: "sio_acks_open", tags: TagSet())
        #expect(collector.value(all, .maximum, seconds: 1) == 3)
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
