import Metrics
import NIOCore
import Scripting

/// Records what one scenario's Socket.IO clients on one loop do, as samples in the loop's shard.
final class SocketIOSamples {
    /// The series of one event, each made with its first sample.
    private struct Event {
        let name: String
        let tags: MetricShard.TagSetID
        var sent: CounterHandle?
        var received: CounterHandle?
        var ack: LoggedTrend?
        var acks: [AckOutcome: CounterHandle] = [:]
        /// Acks that have not ended. Nil before the first event that wants one.
        var open: LevelHandle?
    }

    private let shard: MetricShard
    private let tags: MetricShard.TagSetID
    /// Of the samples in the log.
    private let loggedTags: TagSet
    private let log: SampleLog?
    private var names = NameTable()
    private var events: [Event] = []
    /// The number of the events whose names are not told apart.
    private var other: UInt32?
    private var connects: [String: LoggedTrend] = [:]

    init(shard: MetricShard, tags: MetricShard.TagSetID, loggedTags: TagSet, log: SampleLog?) {
        (self.shard, self.tags, self.loggedTags, self.log) = (shard, tags, loggedTags, log)
    }

    func number(ofEvent name: UnsafeRawBufferPointer) -> UInt32 {
        let bytes = NameTable.bounded(name)
        if let number = self.names.number(of: bytes) { return number }
        let text = String(decoding: name, as: UTF8.self).cut(toBytes: NameTable.longestName)
        let tags = self.shard.tags(self.tags, adding: "event", text)
        // A name past the limit is not remembered: a name with data in it would fill the memory.
        if self.shard.tags(self.tags, adding: "event", TagPolicy.otherValue) == tags {
            return self.numberOfOther(tags)
        }
        let number = UInt32(self.events.count)
        self.events.append(Event(name: text, tags: tags))
        self.names.add(bytes, number: number)
        return number
    }

    private func numberOfOther(_ tags: MetricShard.TagSetID) -> UInt32 {
        if let other { return other }
        let number = UInt32(self.events.count)
        self.events.append(Event(name: TagPolicy.otherValue, tags: tags))
        self.other = number
        return number
    }

    func eventSent(_ event: UInt32, wantsAck: Bool) {
        if wantsAck { self.ackIsOpen(event) }
        if let sent = self.events[Int(event)].sent { return sent.add() }
        let sent = self.shard.counter(MetricID(.sioEventsSent), self.events[Int(event)].tags)
        self.events[Int(event)].sent = sent
        sent.add()
    }

    private func ackIsOpen(_ event: UInt32) {
        if let open = self.events[Int(event)].open { return open.add(1) }
        let open = self.shard.level(MetricID(.sioAcksOpen), self.events[Int(event)].tags, startsAtZero: true)
        self.events[Int(event)].open = open
        open.add(1)
    }

    func eventReceived(_ event: UInt32) {
        if let received = self.events[Int(event)].received { return received.add() }
        let received = self.shard.counter(MetricID(.sioEventsReceived), self.events[Int(event)].tags)
        self.events[Int(event)].received = received
        received.add()
    }

    func ackEnded(_ event: UInt32, _ outcome: AckOutcome, after time: TimeAmount) {
        self.acks(event, outcome).add()
        self.events[Int(event)].open?.add(-1)
        if outcome == .ok { self.ack(event).record(nanoseconds: time.nanoseconds) }
    }

    private func acks(_ event: UInt32, _ outcome: AckOutcome) -> CounterHandle {
        if let known = self.events[Int(event)].acks[outcome] { return known }
        let tags = self.shard.tags(self.events[Int(event)].tags, adding: "result", outcome.rawValue)
        let counter = self.shard.counter(MetricID(.sioAcks), tags)
        self.events[Int(event)].acks[outcome] = counter
        return counter
    }

    private func ack(_ event: UInt32) -> LoggedTrend {
        let known = self.events[Int(event)]
        if let ack = known.ack { return ack }
        let ack = LoggedTrend(
            .sioAck, self.shard.trend(MetricID(.sioAck), known.tags),
            self.loggedTags.setting("event", to: known.name), self.log)
        self.events[Int(event)].ack = ack
        return ack
    }

    func name(ofEvent event: UInt32) -> String { self.events[Int(event)].name }

    func namespaceConnected(_ namespace: String, after time: TimeAmount) {
        self.connect(namespace).record(nanoseconds: time.nanoseconds)
    }

    private func connect(_ namespace: String) -> LoggedTrend {
        if let known = self.connects[namespace] { return known }
        let name = namespace.cut(toBytes: NameTable.longestName)
        let tags = self.shard.tags(self.tags, adding: "namespace", name)
        let trend = LoggedTrend(
            .sioConnect, self.shard.trend(MetricID(.sioConnect), tags),
            self.loggedTags.setting("namespace", to: name), self.log)
        if self.connects.count < NameTable.capacity { self.connects[namespace] = trend }
        return trend
    }

    func reconnectEnded(_ outcome: ReconnectOutcome) {
        let tags = self.shard.tags(self.tags, adding: "result", outcome.rawValue)
        self.shard.counter(MetricID(.sioReconnects), tags).add()
    }
}
