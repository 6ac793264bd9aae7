/// The steps that are due, the time of the next one, and the end.
extension ScenarioMachine {
    /// Does what is due at `now`.
    mutating func proceed(_ now: Int64, _ actions: inout [ScenarioAction]) {
        guard self.state == .active, now >= self.base else { return }
        if self.arrivals == nil, now >= self.end {
            self.timeOver(now, &actions)
            return
        }
        while let time = self.spawns.time, self.base + time <= now {
            let slot = self.spawns.advance()
            if self.arrivals != nil {
                self.users.setPhase(slot, .idle)
                actions.append(.startUser(self.users.user(slot)))
                self.free.append(slot)
            } else if self.mayIterate(slot) {
                self.startUser(slot, now, &actions)
            }
        }
        self.stepRamp(now, &actions)
        self.stepArrivals(now, &actions)
        while let entry = self.restarts.first, entry.time <= now {
            _ = self.restarts.removeFirst()
            guard self.users.phase(entry.slot) == .waiting(until: entry.time) else { continue }
            self.iterateAgain(entry.slot, now, notBefore: now, &actions)
        }
        if now >= self.end {
            self.timeOver(now, &actions)
        } else if let limit = self.iterationLimit {
            self.endIfDone(limit, &actions)
        }
    }

    /// The executor's time is over: what it could not start of a fixed number is dropped.
    private mutating func timeOver(_ now: Int64, _ actions: inout [ScenarioAction]) {
        if let limit = self.iterationLimit, limit > self.nextIteration {
            actions.append(.iterationsDropped(limit - self.nextIteration))
        }
        self.finishUsers(now, &actions)
    }

    /// Ends a fixed number of iterations when all users are gone, which stop as soon as none is left for them; where
    /// users were lost before, what they left is dropped.
    private mutating func endIfDone(_ limit: Int, _ actions: inout [ScenarioAction]) {
        if self.nextIteration >= limit {
            self.spawns.cancel()
            self.stopWaitingUsers(&actions)
        }
        guard self.spawns.isDone, self.users.live == 0 else { return }
        if limit > self.nextIteration { actions.append(.iterationsDropped(limit - self.nextIteration)) }
        self.state = .over
    }

    /// The others have taken all iterations that are left, so users that wait for their next one stop waiting.
    private mutating func stopWaitingUsers(_ actions: inout [ScenarioAction]) {
        while let entry = self.restarts.first {
            _ = self.restarts.removeFirst()
            guard self.users.phase(entry.slot) == .waiting(until: entry.time) else { continue }
            self.stopUser(entry.slot, entry.time, graceful: 0, &actions)
        }
    }

    /// No iteration starts from now on, and every user stops.
    mutating func finishUsers(_ now: Int64, _ actions: inout [ScenarioAction]) {
        self.state = .over
        self.spawns.cancel()
        for slot in 0..<self.users.count {
            self.users.setWanted(slot, false)
            self.stopUser(slot, now, graceful: self.gracefulStop, &actions)
        }
    }

    /// After every event: orders the next wake, or reports the end of the scenario.
    mutating func settle(_ actions: inout [ScenarioAction]) {
        switch self.state {
        case .over where self.users.live == 0:
            self.state = .finished
            actions.append(.finished)
        case .active:
            let next = self.nextTime()
            guard next != self.orderedWake else { return }
            self.orderedWake = next
            actions.append(.wake(at: .nanoseconds(next)))
        case .over, .finished, .notStarted: break
        }
    }

    private mutating func nextTime() -> Int64 {
        var next = self.end
        if let time = self.spawns.time { next = min(next, self.base + time) }
        if let step = self.ramp?.peek() { next = min(next, self.base + step.time) }
        if let time = self.arrival { next = min(next, self.base + time) }
        // Only the entry of a user that no longer waits can be due in the past; it must not order wakes without end.
        while let entry = self.restarts.first, self.users.phase(entry.slot) != .waiting(until: entry.time) {
            _ = self.restarts.removeFirst()
        }
        if let entry = self.restarts.first { next = min(next, entry.time) }
        return max(next, self.base)
    }
}
