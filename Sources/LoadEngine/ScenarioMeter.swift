import EngineIO
import EngineIOClient
import Metrics
import NIOCore
import ProcessSupport
import Scripting

/// Records the actions of one scenario's users on one loop as samples in the loop's shard.
final class ScenarioMeter: ClientMeter {
    /// Where the users' messages are counted; added to the shard by ``flush()``.
    let traffic = TrafficCounts()
    private let shard: MetricShard
    private let tags: MetricShard.TagSetID
    /// The same tags, and those that make no series, for the log.
    private let loggedTags: TagSet
    private let log: SampleLog?

    let iterations: CounterHandle
    let iterationsStarted: CounterHandle
    let iterationsFailed: CounterHandle
    let iterationsInterrupted: CounterHandle
    let iterationsDropped: CounterHandle
    let iterationDuration: LoggedTrend
    let users: LevelHandle
    private let connecting: LevelHandle
    private let connected: LevelHandle
    private let connectsStarted: CounterHandle
    private var transports: [TrafficFlush]
    /// Made for the first Socket.IO client.
    private lazy var socketIO = SocketIOSamples(
        shard: self.shard, tags: self.tags, loggedTags: self.loggedTags, log: self.log)

    /// - Parameters:
    ///   - tags: of every sample.
    ///   - log: where samples go besides the shard.
    init(shard: MetricShard, tags: TagSet, log: SampleLog?) {
        self.shard = shard
        self.tags = shard.tags(tags)
        self.loggedTags = tags
        self.log = log
        self.iterations = shard.counter(MetricID(.iterations), self.tags)
        self.iterationsStarted = shard.counter(MetricID(.iterationsStarted), self.tags)
        self.iterationsFailed = shard.counter(MetricID(.iterationsFailed), self.tags)
        self.iterationsInterrupted = shard.counter(MetricID(.interruptedIterations), self.tags)
        self.iterationsDropped = shard.counter(MetricID(.droppedIterations), self.tags)
        self.iterationDuration = LoggedTrend(
            .iterationDuration, shard.trend(MetricID(.iterationDuration), self.tags), tags, log)
        self.users = shard.level(MetricID(.vus), self.tags)
        self.connecting = shard.level(MetricID(.users), shard.tags(self.tags, adding: "state", "connecting"))
        self.connected = shard.level(MetricID(.users), shard.tags(self.tags, adding: "state", "connected"))
        self.connectsStarted = shard.counter(MetricID(.connectsStarted), self.tags)
        let (traffic, common) = (self.traffic, self.tags)
        self.transports = Transport.allCases.map { transport in
            let handles = TrafficHandles(shard, shard.tags(common, adding: "transport", transport.rawValue))
            return TrafficFlush(traffic: traffic[transport], handles: handles)
        }
    }

    /// Adds the messages since the last call to the shard.
    func flush() {
        for index in self.transports.indices { self.transports[index].flush() }
    }

    /// An error that no part of the script caught. A failed connect was counted when it failed.
    func record(_ error: UncaughtError) {
        if !error.isMeasured { self.recordError(error.part.rawValue, error.message) }
    }

    /// - Parameters:
    ///   - kind: what failed: `iteration`, `handler`, `task`, `connect`, `namespace`, `ack`, `time`.
    ///   - name: of a failed time, or of an event without its ack.
    func recordError(_ kind: String, _ text: String, name: String = "") {
        var tags = self.shard.tags(self.tags, adding: "kind", kind)
        if !name.isEmpty { tags = self.shard.tags(tags, adding: "name", name) }
        self.shard.counter(MetricID(.errors), tags).add()
        self.shard.recordError(ErrorTable.Key(kind: kind, name: name, text: text), at: WallClock.now())
    }

    // MARK: SessionMeter

    func connectStarted() {
        self.connectsStarted.add()
        self.connecting.add(1)
    }

    func phaseEnded(_ phase: ConnectPhase, _ transport: Transport, after time: TimeAmount) {
        let tags = self.shard.tags(self.tagged(with: transport), adding: "phase", phase.rawValue)
        self.record(time, of: .connect, tags, transport, phase: phase.rawValue)
    }

    func connectEnded(_ outcome: ConnectOutcome, _ transport: Transport?) {
        self.connecting.add(-1)
        let result: String
        switch outcome {
        case .opened:
            result = "opened"
            self.connected.add(1)
        case .cutOff: result = "interrupted"
        case .failed(let error):
            result = "failed"
            self.recordError("connect", error.description)
        }
        let tags = self.tagged(with: transport)
        self.shard.counter(MetricID(.connects), self.shard.tags(tags, adding: "result", result)).add()
    }

    func pinged(_ transport: Transport, after time: TimeAmount) {
        self.record(time, of: .pingGap, self.tagged(with: transport), transport)
    }

    func sessionEnded(_ reason: DisconnectReason, _ detail: DisconnectDetail, unwritten: Int, after time: TimeAmount) {
        self.connected.add(-1)
        let tags = self.tagged(with: detail.transport)
        let withReason = self.shard.tags(tags, adding: "reason", reason.rawValue)
        self.shard.counter(MetricID(.disconnects), withReason).add()
        self.record(time, of: .sessionDuration, tags, detail.transport)
        if unwritten > 0 { self.shard.counter(MetricID(.messagesDiscarded), withReason).add(Double(unwritten)) }
    }

    // MARK: SocketIOMeter

    func number(ofEvent name: UnsafeRawBufferPointer) -> UInt32 { self.socketIO.number(ofEvent: name) }

    func eventSent(_ event: UInt32, wantsAck: Bool) { self.socketIO.eventSent(event, wantsAck: wantsAck) }

    func eventReceived(_ event: UInt32) { self.socketIO.eventReceived(event) }

    func ackEnded(_ event: UInt32, _ outcome: AckOutcome, after time: TimeAmount) {
        self.socketIO.ackEnded(event, outcome, after: time)
        switch outcome {
        case .ok: break
        case .timeout: self.recordError("ack", "no ack in time", name: self.socketIO.name(ofEvent: event))
        case .disconnected:
            self.recordError(
                "ack", "the connection ended before the ack", name: self.socketIO.name(ofEvent: event))
        }
    }

    func namespaceConnected(_ namespace: String, after time: TimeAmount) {
        self.socketIO.namespaceConnected(namespace, after: time)
    }

    func namespacesFailed(_ message: String) { self.recordError("namespace", message) }

    func reconnectEnded(_ outcome: ReconnectOutcome) { self.socketIO.reconnectEnded(outcome) }

    private func record(
        _ time: TimeAmount, of metric: BuiltInMetric, _ tags: MetricShard.TagSetID, _ transport: Transport?,
        phase: String? = nil
    ) {
        self.shard.trend(MetricID(metric), tags).record(nanoseconds: time.nanoseconds)
        guard let log else { return }
        var logged = self.loggedTags
        if let transport { logged.set("transport", to: transport.rawValue) }
        if let phase { logged.set("phase", to: phase) }
        log.record(Double(time.nanoseconds) / 1e6, of: MetricID(metric), logged)
    }

    private func tagged(with transport: Transport?) -> MetricShard.TagSetID {
        guard let transport else { return self.tags }
        return self.shard.tags(self.tags, adding: "transport", transport.rawValue)
    }
}

/// Adds the traffic of one transport to its counters.
private struct TrafficFlush {
    let traffic: UnsafeMutablePointer<Traffic>
    let handles: TrafficHandles
    private var flushed = Traffic()

    init(traffic: UnsafeMutablePointer<Traffic>, handles: TrafficHandles) {
        self.traffic = traffic
        self.handles = handles
    }

    mutating func flush() {
        let now = self.traffic.pointee
        self.handles.add(now, since: self.flushed)
        self.flushed = now
    }
}

/// The counters of one transport.
private struct TrafficHandles {
    let accepted: CounterHandle
    let sent: CounterHandle
    let received: CounterHandle
    let bytesSent: CounterHandle
    let bytesReceived: CounterHandle

    init(_ shard: MetricShard, _ tags: MetricShard.TagSetID) {
        self.accepted = shard.counter(MetricID(.messagesAccepted), tags)
        self.sent = shard.counter(MetricID(.messagesSent), tags)
        self.received = shard.counter(MetricID(.messagesReceived), tags)
        self.bytesSent = shard.counter(MetricID(.dataSent), tags)
        self.bytesReceived = shard.counter(MetricID(.dataReceived), tags)
    }

    func add(_ now: Traffic, since then: Traffic) {
        self.accepted.add(Double(now.accepted - then.accepted))
        self.sent.add(Double(now.written - then.written))
        self.received.add(Double(now.received - then.received))
        self.bytesSent.add(Double(now.bytesWritten - then.bytesWritten))
        self.bytesReceived.add(Double(now.bytesReceived - then.bytesReceived))
    }
}
