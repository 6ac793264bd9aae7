/// Runs one scenario on one event loop: says when its users start, iterate and stop.
///
/// A value without sockets and without a clock. Events go in with the time since the run's start, which must not go
/// backwards; actions come out, to be done in their order. Each event costs O(log users) for each action it causes;
/// memory depends on the number of users only, never on the time that passes.
///
/// The semantics of the six executors are k6's (k6 documentation, "Executors"). Differences:
/// constant executors start their users at the spawn rate and not all at once, and an arrival that finds no free user
/// takes a new one at once where k6 drops that arrival and adds a user for later ones.
package struct ScenarioMachine: Sendable {
    enum State: Equatable, Sendable {
        case notStarted
        /// Iterations are started until the executor's time is over.
        case active
        /// No iteration starts any more; users are still there.
        case over
        case finished
    }

    let executor: Executor
    let gracefulStop: Int64
    let gracefulRampDown: Int64
    let failurePause: Int64
    let startTime: Int64
    let duration: Int64
    var state = State.notStarted
    /// When the run started; `startTime` counts from it.
    var origin: Int64 = 0
    var users: UserTable
    let iterations: IterationShare
    /// Iterations that were started, or dropped on arrival: the next one's index in `iterations`.
    var nextIteration = 0
    /// Arrival rates: when the next iteration is due, since `base`; nil if none is due.
    var arrival: Int64?
    /// Of this share; nil where only time ends them.
    let iterationLimit: Int?
    var restarts = RestartQueue()
    var free = FreeUsers()
    /// Constant executors: the next user to start.
    var spawns: SpawnSchedule
    var ramp: RampSchedule?
    var hasBegunRamp = false
    var arrivals: ArrivalSchedule?
    /// Arrival rates: the first user that was never started.
    var nextUnplanned = 0
    var orderedWake: Int64?
    /// Whether users come and go by `direct`, and only a stop ends the machine.
    var isDirected = false

    init(_ scenario: Scenario, share: Share, spawnRate: Int) {
        self.executor = scenario.executor
        self.gracefulStop = scenario.gracefulStop.wholeNanoseconds
        self.gracefulRampDown = scenario.gracefulRampDown.wholeNanoseconds
        self.failurePause = scenario.failurePause.wholeNanoseconds
        self.startTime = scenario.startTime.wholeNanoseconds
        self.duration = scenario.executor.duration.wholeNanoseconds
        let most = scenario.executor.maxUsers
        self.users = UserTable(share: share, users: most, firstUserID: scenario.firstUserID)
        self.iterations = IterationShare(share, users: most)
        self.spawns = SpawnSchedule(share: share, users: 0, rate: spawnRate)
        var limit: Int?
        switch scenario.executor {
        case .constantVUs(let users, _):
            self.spawns = SpawnSchedule(share: share, users: users, rate: spawnRate)
        case .perVUIterations(let users, let each, _):
            self.spawns = SpawnSchedule(share: share, users: users, rate: spawnRate)
            limit = self.users.count * each
        case .sharedIterations(let users, let iterations, _):
            self.spawns = SpawnSchedule(share: share, users: users, rate: spawnRate)
            limit = self.iterations.count(below: iterations)
        case .rampingVUs(let startUsers, let stages):
            self.ramp = RampSchedule(startUsers: startUsers, stages: stages, share: share)
        case .constantArrivalRate(let users, let rate, let timeUnit, let duration):
            self.spawns = SpawnSchedule(share: share, users: users.preAllocated, rate: 0)
            self.arrivals = ArrivalSchedule(rate: rate, timeUnit: timeUnit, duration: duration)
        case .rampingArrivalRate(let users, let startRate, let timeUnit, let stages):
            self.spawns = SpawnSchedule(share: share, users: users.preAllocated, rate: 0)
            self.arrivals = ArrivalSchedule(startRate: startRate, timeUnit: timeUnit, stages: stages)
        }
        self.iterationLimit = limit
        if self.arrivals != nil { self.nextUnplanned = self.spawns.count }
        self.prepareArrival()
    }

    /// When the executor's time begins and ends, since the run's start.
    var base: Int64 { self.origin + self.startTime }
    var end: Int64 { self.base + self.duration }

    package var isFinished: Bool { self.state == .finished }

    // MARK: Events

    /// The run starts. A scenario with a `startTime` orders a wake and nothing else; one that was stopped before does
    /// nothing.
    package mutating func start(at time: Duration, into actions: inout [ScenarioAction]) {
        guard self.state == .notStarted else { return }
        self.origin = time.wholeNanoseconds
        self.state = .active
        if self.users.count == 0, !self.isDirected { self.state = .over }
        self.proceed(self.origin, &actions)
        self.settle(&actions)
    }

    /// A time that was ordered has come. Waking early or for no reason does no harm.
    package mutating func wake(at time: Duration, into actions: inout [ScenarioAction]) {
        self.orderedWake = nil
        self.proceed(time.wholeNanoseconds, &actions)
        self.settle(&actions)
    }

    /// A user's iteration ended: complete, with an error or cancelled.
    ///
    /// - Parameter pauses: the iteration could not do what it is for, as connect: the same user's next one starts after
    ///   the scenario's `failurePause`; with an arrival rate the user is free at once.
    package mutating func iterationEnded(
        _ user: ScenarioUser, at time: Duration, pauses: Bool = false, into actions: inout [ScenarioAction]
    ) {
        let now = time.wholeNanoseconds
        switch self.users.phase(user.slot) {
        case .stopping: self.users.setPhase(user.slot, .ending)
        case .running where self.arrivals != nil:
            self.users.setPhase(user.slot, .idle)
            self.free.append(user.slot)
        case .running:
            self.iterateAgain(user.slot, now, notBefore: pauses ? now + self.failurePause : now, &actions)
        case .absent, .idle, .waiting, .ending: break
        }
        self.proceed(now, &actions)
        self.settle(&actions)
    }

    /// A user is gone: stopped as ordered, or lost. A lost user is not replaced; with an arrival rate its place is
    /// free.
    package mutating func userStopped(_ user: ScenarioUser, at time: Duration, into actions: inout [ScenarioAction]) {
        guard self.users.phase(user.slot) != .absent else { return }
        self.users.setPhase(user.slot, .absent)
        if self.state == .active, self.arrivals != nil { self.free.append(user.slot) }
        self.proceed(time.wholeNanoseconds, &actions)
        if self.users.slots[user.slot].isWanted {
            self.users.setWanted(user.slot, false)
            self.startUser(user.slot, time.wholeNanoseconds, &actions)
        }
        self.settle(&actions)
    }

    /// The run is ended from outside: as if the executor's time were over.
    package mutating func stop(at time: Duration, into actions: inout [ScenarioAction]) {
        guard self.state == .active || self.state == .notStarted else { return }
        self.finishUsers(time.wholeNanoseconds, &actions)
        self.settle(&actions)
    }
}
