import NIOCore

/// The end of a run: when it has come, and what is left to do.
extension ConnectRun {
    func check() {
        guard self.status == nil, self.stage != .over else { return }
        switch self.goal.verdict(at: self.now) {
        case .over(let end):
            self.finish(end)
        case .goOn(let time):
            self.goalTimer?.cancel()
            self.goalTimer = time.map { time in
                let deadline = NIODeadline.uptimeNanoseconds(UInt64(time))
                return self.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.check() }
            }
        }
    }

    private func finish(_ end: RunGoal.End) {
        if end == .noAnswer { self.reportMissing() }
        self.finish(end == .noAnswer ? 2 : 0)
    }

    private func reportMissing() {
        if let count = self.goal.count, !self.goal.hasAllMessages {
            self.output.problem("\(self.goal.received) of \(count) messages came")
        }
        for id in self.acks.keys { self.missedAck(id, "in time") }
    }

    /// Writes what was sent, closes the session and ends.
    func finish(_ status: Int32) {
        guard self.status == nil else { return }
        self.status = status
        self.goalTimer?.cancel()
        if self.stage == .over { return self.end() }
        // A slow server gets the time that it needs: its pings decide whether it is alive.
        if self.stage == .open, self.link.bufferedBytes > 0 { return self.link.notifyDrained() }
        self.link.close(timeout: .seconds(30))
    }

    /// Closes the session soon.
    func interrupt(_ status: Int32) {
        let isFinished = self.stage == .over && self.status != nil
        self.status = status
        self.goalTimer?.cancel()
        if isFinished { return }
        if self.stage == .over { self.end() } else { self.link.close(timeout: .seconds(4)) }
    }

    func end() {
        for (_, timer) in self.acks.values { timer.cancel() }
        let run = NIOLoopBound(self, eventLoop: self.eventLoop)
        self.output.finish {
            run.eventLoop.execute {
                let status = run.value.status ?? 0
                run.value.ended(status == 0 && run.value.hasProblem ? 1 : status)
            }
        }
    }

    func finishAfterSession() {
        if !self.queue.isEmpty {
            self.output.problem("the session ended before the input")
            self.hasProblem = true
        }
        self.finish(self.goal.endOfSession)
    }
}
