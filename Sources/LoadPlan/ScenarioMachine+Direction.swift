extension LoadPlan {
    func directedMachine(for scenario: Scenario, share: Share, _ direction: Direction) -> ScenarioMachine {
        let number = self.scenarios.firstIndex { $0.name == scenario.name } ?? 0
        let users = UserTable(
            share: share, users: 0, firstUserID: direction.firstUserID + number, stride: self.scenarios.count)
        return ScenarioMachine(scenario, share: share, users: users, graceful: direction.graceful)
    }
}

extension ScenarioMachine {
    /// No test lasts so long, and the clock does not overflow.
    private static let endless = Duration.seconds(10 * 366 * 86_400)

    /// A machine that has no user until `direct` says so, and ends by `stop` only.
    init(_ scenario: Scenario, share: Share, users: UserTable, graceful: Duration?) {
        self.executor = .constantVUs(users: 0, duration: Self.endless)
        self.gracefulStop = (graceful ?? scenario.gracefulStop).wholeNanoseconds
        self.gracefulRampDown = (graceful ?? scenario.gracefulRampDown).wholeNanoseconds
        self.failurePause = scenario.failurePause.wholeNanoseconds
        self.startTime = 0
        self.duration = Self.endless.wholeNanoseconds
        self.users = users
        self.iterations = IterationShare(share, users: share.period)
        self.spawns = SpawnSchedule(share: share, users: 0, rate: 0)
        self.ramp = RampSchedule(startUsers: 0, stages: [], share: share)
        self.iterationLimit = nil
        self.isDirected = true
    }

    /// Users that were started and not taken away again.
    package var directedUsers: Int { self.ramp?.users ?? 0 }

    /// Whether users are still to be started.
    package var isRamping: Bool {
        var ramp = self.ramp
        return ramp?.peek() != nil
    }

    /// From now on the scenario is to have so many users, over all shares. New ones start evenly within `span`; those
    /// that are too many stop at once.
    package mutating func direct(
        to target: Int, within span: Duration, at time: Duration, into actions: inout [ScenarioAction]
    ) {
        guard self.isDirected, self.state == .active else { return }
        let now = time.wholeNanoseconds
        self.users.grow(toShareOf: target)
        let start = now - self.base
        self.ramp?.redirect(to: target, from: start, within: span)
        self.proceed(now, &actions)
        self.settle(&actions)
    }
}
