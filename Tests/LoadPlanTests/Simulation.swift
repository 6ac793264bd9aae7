@testable import LoadPlan

/// Plays the engine of one loop: does what a machine orders, with a clock that jumps from event to event.
struct Simulation {
    struct Start: Equatable {
        let time: Duration
        let user: ScenarioUser
        let number: Int
        let due: Duration
    }

    private enum Event {
        case wake
        case iterationEnd(ScenarioUser, iteration: Int)
        case deadline(ScenarioUser, order: Int)
        case gone(ScenarioUser)
        case direct(Order)
    }

    /// An order of a director.
    struct Order {
        let time: Duration
        let users: Int
        var span: Duration = .zero
    }

    private struct UserState {
        var iteration: Int?
        var stopOrder: Int?
    }

    private var machine: ScenarioMachine
    private var queue: [(time: Duration, sequence: Int, event: Event)] = []
    private var sequence = 0
    private var users: [Int: UserState] = [:]
    private var wakeAt: Duration?
    /// How long an iteration lasts.
    private let length: (ScenarioUser, Int) -> Duration
    /// The users, by their identifiers, whose iterations cannot connect.
    private let failing: ClosedRange<Int>?

    private(set) var starts: [Start] = []
    private(set) var userStarts: [(time: Duration, user: ScenarioUser)] = []
    private(set) var stopOrders: [(time: Duration, user: ScenarioUser, graceful: Duration)] = []
    private(set) var userEnds: [(time: Duration, user: ScenarioUser)] = []
    private(set) var keeps: [(time: Duration, user: ScenarioUser)] = []
    private(set) var complete = 0
    private(set) var interrupted = 0
    private(set) var dropped = 0
    private(set) var finishedAt: Duration?
    private(set) var wakes = 0
    /// Orders that no engine could follow: two iterations of a user at once, a user that was not started, etc.
    private(set) var faults: [String] = []

    init(
        _ machine: ScenarioMachine, failing: ClosedRange<Int>? = nil,
        length: @escaping (ScenarioUser, Int) -> Duration = { _, _ in .milliseconds(100) }
    ) {
        self.machine = machine
        self.length = length
        self.failing = failing
    }

    /// Runs until the machine has finished, or until `limit`; `stopAt` ends it from outside.
    mutating func run(stopAt: Duration? = nil, orders: [Order] = [], limit: Duration = .seconds(100_000)) {
        for order in orders { self.add(order.time, .direct(order)) }
        var actions: [ScenarioAction] = []
        self.machine.start(at: .zero, into: &actions)
        self.perform(&actions, .zero)
        var stopAt = stopAt
        while self.finishedAt == nil {
            let next = self.queue.first
            if let stop = stopAt, stop <= (next?.time ?? stop) {
                stopAt = nil
                self.machine.stop(at: stop, into: &actions)
                self.perform(&actions, stop)
                continue
            }
            guard let next, next.time <= limit else { break }
            self.removeFirst()
            self.handle(next.event, next.time, &actions)
            self.perform(&actions, next.time)
        }
        if self.finishedAt == nil { self.faults.append("not finished") }
        if self.finishedAt != nil, !self.users.isEmpty { self.faults.append("finished with users left") }
    }

    private mutating func handle(_ event: Event, _ now: Duration, _ actions: inout [ScenarioAction]) {
        switch event {
        case .wake:
            guard self.wakeAt == now else { return }
            self.wakeAt = nil
            self.wakes += 1
            self.machine.wake(at: now, into: &actions)
        case .iterationEnd(let user, let iteration):
            guard self.users[user.slot]?.iteration == iteration else { return }
            self.users[user.slot]?.iteration = nil
            self.complete += 1
            self.machine.iterationEnded(
                user, at: now, pauses: self.failing?.contains(user.idInTest) == true, into: &actions)
            if self.users[user.slot]?.stopOrder != nil { self.add(now, .gone(user)) }
        case .deadline(let user, let order):
            guard self.users[user.slot]?.stopOrder == order, self.users[user.slot]?.iteration != nil else { return }
            self.users[user.slot]?.iteration = nil
            self.interrupted += 1
            self.add(now, .gone(user))
        case .direct(let order):
            self.machine.direct(to: order.users, within: order.span, at: now, into: &actions)
        case .gone(let user):
            guard self.users.removeValue(forKey: user.slot) != nil else { return }
            self.userEnds.append((now, user))
            self.machine.userStopped(user, at: now, into: &actions)
        }
    }

    private mutating func perform(_ actions: inout [ScenarioAction], _ now: Duration) {
        for action in actions {
            if self.finishedAt != nil { self.faults.append("\(action) after the end") }
            switch action {
            case .wake(let time):
                self.wakeAt = max(time, now)
                self.add(max(time, now), .wake)
            case .startUser(let user):
                if self.users[user.slot] != nil { self.faults.append("user \(user) started twice") }
                self.users[user.slot] = UserState()
                self.userStarts.append((now, user))
            case .startIteration(let user, let number, let due):
                if self.users[user.slot] == nil { self.faults.append("iteration without user \(user)") }
                if self.users[user.slot]?.iteration != nil { self.faults.append("two iterations of \(user)") }
                if self.users[user.slot]?.stopOrder != nil { self.faults.append("iteration of stopped \(user)") }
                if due > now { self.faults.append("iteration \(number) before it is due") }
                self.users[user.slot]?.iteration = number
                self.starts.append(Start(time: now, user: user, number: number, due: due))
                self.add(now + self.length(user, number), .iterationEnd(user, iteration: number))
            case .stopUser(let user, let graceful):
                if self.users[user.slot] == nil { self.faults.append("stop of absent \(user)") }
                self.sequence += 1
                self.users[user.slot]?.stopOrder = self.sequence
                self.stopOrders.append((now, user, graceful))
                if self.users[user.slot]?.iteration == nil {
                    self.add(now, .gone(user))
                } else {
                    self.add(now + graceful, .deadline(user, order: self.sequence))
                }
            case .keepUser(let user):
                if self.users[user.slot]?.iteration == nil { self.faults.append("idle \(user) kept") }
                self.users[user.slot]?.stopOrder = nil
                self.keeps.append((now, user))
            case .iterationsDropped(let number): self.dropped += number
            case .finished: self.finishedAt = now
            }
        }
        actions.removeAll(keepingCapacity: true)
    }

    /// The engine loses a user, as one whose memory ran out.
    mutating func lose(_ user: ScenarioUser, at time: Duration) { self.add(time, .gone(user)) }

    // MARK: The queue, a heap by time and then by order of insertion.

    private mutating func add(_ time: Duration, _ event: Event) {
        self.sequence += 1
        self.queue.append((time, self.sequence, event))
        var child = self.queue.count - 1
        while child > 0, self.isBefore(child, (child - 1) / 2) {
            self.queue.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func removeFirst() {
        self.queue.swapAt(0, self.queue.count - 1)
        self.queue.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2) where child < self.queue.count {
                if self.isBefore(child, least) { least = child }
            }
            if least == parent { return }
            self.queue.swapAt(least, parent)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (self.queue[left].time, self.queue[left].sequence) < (self.queue[right].time, self.queue[right].sequence)
    }
}

extension LoadPlan {
    /// A plan from JSON options, for tests that need one scenario.
    static func of(
        _ json: String, shape: ScriptShape = .scenario, spawnRate: Int = 0, segment: ExecutionSegment = .whole
    ) throws -> LoadPlan {
        var commandLine = CommandLineOptions()
        commandLine.spawnRate = spawnRate
        return try LoadPlan(
            options: LoadOptions(json: json), commandLine: commandLine, shape: shape, segment: segment)
    }

    /// One simulation for each loop.
    func simulate(
        loops: Int = 1, failing: ClosedRange<Int>? = nil, stopAt: Duration? = nil,
        length: @escaping (ScenarioUser, Int) -> Duration = { _, _ in .milliseconds(100) }
    ) -> [Simulation] {
        self.share.split(into: loops).map { share in
            var simulation = Simulation(
                self.machine(for: self.scenarios[0], share: share), failing: failing, length: length)
            simulation.run(stopAt: stopAt)
            return simulation
        }
    }
}
