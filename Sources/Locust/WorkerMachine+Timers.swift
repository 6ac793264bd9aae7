/// The steps that are due by the clock.
extension WorkerMachine {
    /// When `wake` is to be called next, at the latest.
    package var nextWake: Duration {
        var next = Duration.seconds(Int64.max)
        if let end = self.leavingEnd { next = end }
        switch self.link {
        case .down: next = min(next, self.nextWord, self.reopening ?? self.nextWord)
        case .registering(let end): next = min(next, end)
        case .up: next = min(next, self.nextHeartbeat)
        }
        return next
    }

    /// Does what is due.
    package mutating func wake(at now: Duration, into actions: inout [WorkerAction]) {
        if let end = self.leavingEnd, let leaving, now >= end {
            actions.append(.log("the users take too long to stop"))
            return self.quit(leaving.end, &actions)
        }
        self.judgeMaster(now, &actions)
        if self.isOver { return }
        switch self.link {
        case .down:
            if let reopening = self.reopening, now >= reopening {
                self.reopening = now + Self.reopenInterval
                actions.append(.reconnect(newName: false))
            }
            guard now >= self.nextWord else { return }
            self.nextWord = now + Self.wordInterval
            if self.leaving == nil { actions.append(.log("still waiting for the master")) }
        case .registering(let end):
            guard now >= end else { return }
            // The master may still have the lost connection under this name, and would then ignore a new one.
            self.link = .down
            actions.append(.reconnect(newName: true))
        case .up: self.beat(now, &actions)
        }
    }

    private var leavingEnd: Duration? { self.leaving.map { $0.since + self.leaveTimeout + self.stopTimeout } }

    /// Gives up a master that does not answer, or no longer sends anything.
    private mutating func judgeMaster(_ now: Duration, _ actions: inout [WorkerAction]) {
        guard self.leaving == nil else { return }
        if let since = self.absentSince {
            let patience = self.wasUp ? Self.masterTimeout : Self.patience
            if now >= since + patience {
                let what = self.wasUp ? "the master did not come back" : "no master answered"
                self.leave(.noMaster("\(what) within \(patience.wholeSeconds) s"), now, &actions)
            }
        } else if now >= self.lastMessageTime + Self.masterTimeout {
            let timeout = Self.masterTimeout.wholeSeconds
            self.leave(.noMaster("the master has not answered for \(timeout) s"), now, &actions)
        } else if let time = self.orphanedAt, now >= time, self.test == .running {
            self.orphanedAt = nil
            actions.append(.log("the master knows of no test: the users stop"))
            self.test = .stopping
            actions.append(.endTest)
        }
    }

    private mutating func beat(_ now: Duration, _ actions: inout [WorkerAction]) {
        if now >= self.nextHeartbeat {
            self.nextHeartbeat = now + Self.heartbeatInterval
            actions.append(.sendHeartbeat)
        }
        if now >= self.nextReport {
            self.nextReport = now + Self.reportInterval
            actions.append(.report)
        }
        if now >= self.nextLogs {
            self.nextLogs = now + Self.logInterval
            actions.append(.sendLogs)
        }
    }
}
