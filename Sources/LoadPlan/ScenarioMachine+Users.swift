/// The events of single users.
extension ScenarioMachine {
    /// Whether the user has an iteration left to start.
    func mayIterate(_ slot: Int) -> Bool {
        switch self.executor {
        case .perVUIterations(_, let each, _): self.users.slots[slot].iterations < each
        default: self.iterationLimit.map { self.nextIteration < $0 } ?? true
        }
    }

    mutating func startUser(_ slot: Int, _ now: Int64, _ actions: inout [ScenarioAction]) {
        self.users.setPhase(slot, .idle)
        actions.append(.startUser(self.users.user(slot)))
        self.startIteration(slot, due: now, &actions)
    }

    mutating func startIteration(_ slot: Int, due: Int64, _ actions: inout [ScenarioAction]) {
        let number = self.iterations.element(self.nextIteration)
        self.nextIteration += 1
        self.users.countIteration(slot)
        self.users.setPhase(slot, .running)
        actions.append(
            .startIteration(self.users.user(slot), iterationInTest: number, due: .nanoseconds(due)))
    }

    /// The next iteration of a user that has just ended one or has waited; or its end.
    mutating func iterateAgain(_ slot: Int, _ now: Int64, notBefore: Int64, _ actions: inout [ScenarioAction]) {
        if !self.mayIterate(slot) {
            self.users.setPhase(slot, .idle)
            self.stopUser(slot, now, graceful: 0, &actions)
        } else if notBefore > now || now >= self.end {
            self.users.setPhase(slot, .waiting(until: max(notBefore, now)))
            self.restarts.insert(RestartQueue.Entry(time: max(notBefore, now), slot: slot))
        } else {
            self.startIteration(slot, due: now, &actions)
        }
    }

    /// Orders a user to stop, or to stop earlier than was ordered before.
    mutating func stopUser(_ slot: Int, _ now: Int64, graceful: Int64, _ actions: inout [ScenarioAction]) {
        let deadline = now + graceful
        switch self.users.phase(slot) {
        case .absent, .ending: return
        case .stopping(let earlier):
            guard deadline < earlier else { return }
            self.users.setPhase(slot, .stopping(deadline: deadline))
        case .running: self.users.setPhase(slot, .stopping(deadline: deadline))
        case .idle, .waiting: self.users.setPhase(slot, .ending)
        }
        actions.append(.stopUser(self.users.user(slot), graceful: .nanoseconds(graceful)))
    }

    // MARK: Ramping VUs

    /// Starts the users that are there at the beginning, and takes the steps of the ramp that are due.
    mutating func stepRamp(_ now: Int64, _ actions: inout [ScenarioAction]) {
        guard let ramp = self.ramp else { return }
        if !self.hasBegunRamp {
            self.hasBegunRamp = true
            for slot in 0..<ramp.users { self.startUser(slot, now, &actions) }
        }
        while let step = self.ramp?.peek(), self.base + step.time <= now {
            self.ramp?.advance(step)
            if step.starts { self.rampUp(step.user, now, &actions) } else { self.rampDown(step.user, now, &actions) }
        }
    }

    private mutating func rampUp(_ slot: Int, _ now: Int64, _ actions: inout [ScenarioAction]) {
        switch self.users.phase(slot) {
        case .absent: self.startUser(slot, now, &actions)
        case .stopping(let deadline) where now < deadline:
            self.users.setPhase(slot, .running)
            actions.append(.keepUser(self.users.user(slot)))
        case .stopping, .ending: self.users.setWanted(slot, true)
        case .idle, .running, .waiting: break
        }
    }

    private mutating func rampDown(_ slot: Int, _ now: Int64, _ actions: inout [ScenarioAction]) {
        self.users.setWanted(slot, false)
        // A user that leaves just before the end has no more time than those that stay to the end.
        let graceful = min(self.gracefulRampDown, self.end + self.gracefulStop - now)
        self.stopUser(slot, now, graceful: max(0, graceful), &actions)
    }

    // MARK: Arrival rates

    /// Finds out when the next iteration is due.
    mutating func prepareArrival() {
        guard self.arrivals != nil, self.users.count > 0 else { return }
        self.arrival = self.arrivals?.time(of: self.iterations.element(self.nextIteration))
    }

    mutating func stepArrivals(_ now: Int64, _ actions: inout [ScenarioAction]) {
        var dropped = 0
        while let time = self.arrival, self.base + time <= now {
            if let slot = self.freeUser(&actions) {
                self.startIteration(slot, due: self.base + time, &actions)
            } else {
                self.nextIteration += 1
                dropped += 1
            }
            self.prepareArrival()
        }
        if dropped > 0 { actions.append(.iterationsDropped(dropped)) }
    }

    /// A user for an arrival: one that is free, else a new one.
    private mutating func freeUser(_ actions: inout [ScenarioAction]) -> Int? {
        while let slot = self.free.popFirst() {
            switch self.users.phase(slot) {
            case .idle: return slot
            case .absent:
                actions.append(.startUser(self.users.user(slot)))
                return slot
            case .running, .waiting, .stopping, .ending: continue
            }
        }
        guard self.nextUnplanned < self.users.count else { return nil }
        defer { self.nextUnplanned += 1 }
        actions.append(.startUser(self.users.user(self.nextUnplanned)))
        return self.nextUnplanned
    }
}
