/// The worker's side of Locust's protocol (Locust 2.47, "runners.py"): when to register, report, start and stop users.
///
/// A value without sockets and without a clock: events go in with the time since the worker's start, which must not go
/// backwards; actions come out.
package struct WorkerMachine: Sendable {
    enum Link: Equatable, Sendable {
        /// No connection.
        case down
        /// `client_ready` was sent, and no answer came yet.
        case registering(until: Duration)
        case up
    }

    enum Test: Equatable, Sendable {
        case none
        case running
        /// It ended before the master said so: it has no users and waits for the master's stop.
        case over
        case stopping
    }

    var link = Link.down
    /// Since when there is no master that answers; nil where there is one.
    var absentSince: Duration? = .zero
    var test = Test.none
    /// The state in heartbeats.
    package private(set) var state = WorkerMessage.State.ready
    /// Users that were started, by class.
    package private(set) var users: UserCounts = [:]
    /// This worker's index at the master; 0 until the master has sent it.
    package private(set) var index = 0
    /// Why the worker ends as soon as its test has.
    var leaving: (end: WorkerEnd, since: Duration)?
    /// Whether there was a master at all.
    var wasUp = false
    /// The last action was ordered.
    private(set) var isOver = false
    private var lastSpawn = -Double.infinity
    var lastMessageTime = Duration.zero
    /// After a master came back: when the test ends unless it says that it goes on.
    var orphanedAt: Duration?
    var nextHeartbeat = Duration.zero
    var nextReport = Duration.zero
    var nextLogs = Duration.zero
    var nextWord = Self.wordInterval
    /// The time at which a new socket replaces a lost connection; nil if no connection was lost.
    var reopening: Duration?

    // Locust's own times, "runners.py".
    static let heartbeatInterval = Duration.seconds(1)
    static let reportInterval = Duration.seconds(3)
    static let logInterval = Duration.seconds(10)
    static let ackTimeout = Duration.seconds(5)
    /// ZeroMQ restores a lost connection by itself, except after a message that was too large or damaged.
    static let reopenInterval = Duration.seconds(5)
    /// How long a master may be absent at the start: 60 tries of 5 seconds.
    static let patience = Duration.seconds(300)
    /// How long a master may be silent, or gone, once it was there.
    static let masterTimeout = Duration.seconds(60)
    /// How long a master that comes back may take to say that the test goes on.
    static let orphanTimeout = Duration.seconds(5)
    static let wordInterval = Duration.seconds(30)
    /// Time limit for the end of a test when the worker leaves, without the scripts' stop timeout.
    let leaveTimeout: Duration
    var stopTimeout = Duration.zero

    /// - Parameter graceful: how long the scripts' users may take to end their iterations.
    package init(graceful: Duration) {
        self.leaveTimeout = graceful + .seconds(30)
    }

    /// Whether a master has registered this worker.
    package var isRegistered: Bool { self.link == .up }

    // MARK: Events

    /// The connection is there.
    package mutating func connected(at now: Duration, into actions: inout [WorkerAction]) {
        guard case .down = self.link else { return }
        self.link = .registering(until: now + Self.ackTimeout)
        self.reopening = nil
        actions.append(.send(.clientReady))
    }

    /// The connection is gone; a new one is being tried.
    package mutating func disconnected(at now: Duration, into actions: inout [WorkerAction]) {
        if case .down = self.link { return }
        self.link = .down
        self.absentSince = self.absentSince ?? now
        self.nextWord = now + Self.wordInterval
        self.reopening = now + Self.reopenInterval
        guard self.wasUp, self.leaving == nil else { return }
        let users = self.test == .running ? "the users go on, and " : ""
        let seconds = Self.masterTimeout.wholeSeconds
        actions.append(.log("the connection to the master is lost: \(users)it has \(seconds) s to come back"))
    }

    package mutating func received(_ message: MasterMessage, at now: Duration, into actions: inout [WorkerAction]) {
        self.lastMessageTime = now
        switch message {
        case .ack(let index): self.registered(index, now, &actions)
        case .spawn(let order): self.spawn(order, now, &actions)
        case .spawningComplete: if self.resetsStatistics { actions.append(.dropMeasurements) }
        case .heartbeat: break
        case .stop: self.stop(now, &actions)
        case .quit: self.quit(now, &actions)
        case .reconnect:
            actions.append(.log("the master asks for a new connection"))
            self.link = .down
            self.absentSince = self.absentSince ?? now
            actions.append(.reconnect(newName: false))
        case .other("hatch"):
            self.leave(.noMaster("the master is a Locust before 2.0, which this worker cannot work for"), now, &actions)
        case .other: break
        }
    }

    /// All users of the last `direct` were started.
    package mutating func usersStarted(_ users: UserCounts, at now: Duration, into actions: inout [WorkerAction]) {
        guard self.test == .running else { return }
        self.users.merge(users) { $1 }
        self.state = .running
        if self.link == .up { actions.append(.send(.spawningComplete(self.users))) }
    }

    /// A test has ended, as it was ordered or by itself; all that it measured is there.
    package mutating func testEnded(at now: Duration, into actions: inout [WorkerAction]) {
        let wasOrdered = self.test == .stopping
        self.users = self.users.mapValues { _ in 0 }
        self.test = wasOrdered ? .none : .over
        if let leaving { return self.quit(leaving.end, &actions) }
        guard wasOrdered else {
            actions += [.report, .send(.spawningComplete(self.users))].filter { _ in self.link == .up }
            return
        }
        self.reportStopped(now, &actions)
    }

    /// A signal ends the worker, or a script calls `abort`.
    package mutating func leave(_ end: WorkerEnd, _ now: Duration, _ actions: inout [WorkerAction]) {
        guard self.leaving == nil else { return }
        self.leaving = (end, now)
        switch self.test {
        case .running:
            self.test = .stopping
            actions.append(.endTest)
        case .stopping: break
        case .none, .over: self.quit(end, &actions)
        }
    }

    // MARK: What the master says

    private var resetsStatistics = false

    private mutating func registered(_ index: Int?, _ now: Duration, _ actions: inout [WorkerAction]) {
        if let index { self.index = index }
        guard self.link != .up else { return }
        self.link = .up
        self.absentSince = nil
        self.nextHeartbeat = now
        self.nextReport = now
        self.nextLogs = now
        actions.append(.log(self.wasUp ? "registered again" : "registered as worker \(self.index)"))
        self.wasUp = true
        // It may be another master now, which knows of no test.
        if self.test == .running { self.orphanedAt = now + Self.orphanTimeout }
        if self.test == .over { (self.test, self.state) = (.none, .ready) }
    }

    private mutating func spawn(_ order: SpawnOrder, _ now: Duration, _ actions: inout [WorkerAction]) {
        // Masters that are old enough send no acknowledgement.
        if self.link != .up { self.registered(nil, now, &actions) }
        guard self.leaving == nil, self.test != .stopping else { return }
        actions.append(.send(.spawning))
        guard order.timestamp > self.lastSpawn else {
            return actions.append(.log("an order of the master is older than the last one, and left out"))
        }
        self.lastSpawn = order.timestamp
        self.orphanedAt = nil
        self.resetsStatistics = order.resetsStatistics
        self.stopTimeout = .seconds(order.stopTimeout)
        let classes = Set(order.users.keys)
        self.users = self.users.filter { classes.contains($0.key) }
            .merging(order.users.mapValues { _ in 0 }) { known, _ in known }
        if self.test == .over { return actions.append(.send(.spawningComplete(self.users))) }
        self.state = .spawning
        if self.test == .none {
            self.test = .running
            actions.append(.startTest(order))
        }
        actions.append(.direct(order.users))
    }

    private mutating func stop(_ now: Duration, _ actions: inout [WorkerAction]) {
        guard self.leaving == nil else { return }
        self.orphanedAt = nil
        switch self.test {
        case .running:
            self.test = .stopping
            actions.append(.endTest)
        case .stopping: break
        case .none, .over:
            self.test = .none
            self.reportStopped(now, &actions)
        }
    }

    private mutating func quit(_ now: Duration, _ actions: inout [WorkerAction]) {
        guard self.leaving == nil else { return }
        actions.append(.log("the master has ended"))
        // The master listens for half a second more, which is less than the users may need.
        if self.test == .running { actions.append(.measureAndReport) }
        self.leave(.quitByMaster, now, &actions)
    }

    // MARK: Ends

    /// Says that the test has ended, and that this worker is there for the next.
    private mutating func reportStopped(_ now: Duration, _ actions: inout [WorkerAction]) {
        self.state = .ready
        self.users = [:]
        self.lastSpawn = -.infinity
        guard self.link == .up else { return }
        actions += [.report, .send(.clientStopped), .send(.clientReady)]
    }

    /// The worker's last actions: reports, leaves the master and exits.
    mutating func quit(_ end: WorkerEnd, _ actions: inout [WorkerAction]) {
        if self.link == .up { actions += [.report, .send(.quit)] }
        self.isOver = true
        actions.append(.exit(end))
    }
}

extension Duration {
    var wholeSeconds: Int64 { self.components.seconds }
}
