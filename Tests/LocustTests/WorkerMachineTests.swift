import Testing

@testable import Locust

struct WorkerMachineTests {
    /// Does nothing of what is ordered; keeps it.
    private struct Play {
        var machine = WorkerMachine(graceful: .zero)
        var now = Duration.zero
        var actions: [WorkerAction] = []

        mutating func event(_ event: (inout WorkerMachine, Duration, inout [WorkerAction]) -> Void) {
            event(&self.machine, self.now, &self.actions)
        }

        mutating func connect() { self.event { $0.connected(at: $1, into: &$2) } }
        mutating func disconnect() { self.event { $0.disconnected(at: $1, into: &$2) } }
        mutating func receive(_ message: MasterMessage) { self.event { $0.received(message, at: $1, into: &$2) } }
        mutating func started(_ users: UserCounts) { self.event { $0.usersStarted(users, at: $1, into: &$2) } }
        mutating func ended() { self.event { $0.testEnded(at: $1, into: &$2) } }
        mutating func leave(_ end: WorkerEnd) { self.event { $0.leave(end, $1, &$2) } }

        mutating func register() {
            self.connect()
            self.receive(.ack(index: 2))
            _ = self.take()
        }

        mutating func run(_ users: UserCounts, timestamp: Double = 1) {
            self.receive(.spawn(SpawnOrder(timestamp: timestamp, users: users)))
            self.started(users)
            _ = self.take()
        }

        /// Wakes the machine whenever it wants to.
        mutating func pass(_ time: Duration) {
            let end = self.now + time
            while self.machine.nextWake <= end, !self.hasExited {
                self.now = max(self.machine.nextWake, self.now)
                self.event { $0.wake(at: $1, into: &$2) }
            }
            self.now = end
        }

        var hasExited: Bool {
            self.actions.contains { if case .exit = $0 { true } else { false } }
        }

        /// The actions since the last call, without messages to the master and those of timers.
        mutating func take() -> [WorkerAction] {
            defer { self.actions = [] }
            return self.actions.filter { action in
                switch action {
                case .log, .sendHeartbeat, .sendLogs: false
                default: true
                }
            }
        }
    }

    @Test func itRegistersWhenTheConnectionIsThere() {
        var play = Play()
        play.pass(.seconds(100))
        #expect(play.take() == [])
        play.connect()
        #expect(play.take() == [.send(.clientReady)])
        play.receive(.ack(index: 2))
        play.event { $0.wake(at: $1, into: &$2) }
        #expect(play.actions.contains(.sendHeartbeat))
        #expect(play.actions.contains(.report))
        #expect(play.machine.index == 2)
        #expect(play.machine.state == .ready)
    }

    @Test func itBeatsOnceASecondAndReportsEveryThree() {
        var play = Play()
        play.register()
        for _ in 0..<30 {
            play.pass(.seconds(1))
            play.receive(.heartbeat)
        }
        #expect(play.actions.count { $0 == .sendHeartbeat } == 31)
        #expect(play.actions.count { $0 == .report } == 11)
        #expect(play.actions.count { $0 == .sendLogs } == 4)
    }

    @Test func ordersAreTargetsAndTheFirstBeginsATest() {
        var play = Play()
        play.register()
        let order = SpawnOrder(timestamp: 1, users: ["a": 2, "b": 0])
        play.receive(.spawn(order))
        #expect(play.take() == [.send(.spawning), .startTest(order), .direct(["a": 2, "b": 0])])
        #expect(play.machine.state == .spawning)
        play.started(["a": 2, "b": 0])
        #expect(play.take() == [.send(.spawningComplete(["a": 2, "b": 0]))])
        #expect(play.machine.state == .running)
        play.receive(.spawn(SpawnOrder(timestamp: 2, users: ["a": 1, "b": 4])))
        #expect(play.take() == [.send(.spawning), .direct(["a": 1, "b": 4])])
        play.receive(.spawn(SpawnOrder(timestamp: 2, users: ["a": 9, "b": 9])))
        #expect(play.take() == [.send(.spawning)])
    }

    @Test func aClassThatNoScriptHasIsReportedWithoutUsers() {
        var play = Play()
        play.register()
        play.receive(.spawn(SpawnOrder(timestamp: 1, users: ["a": 2, "other": 3])))
        play.started(["a": 2])
        #expect(play.take().last == .send(.spawningComplete(["a": 2, "other": 0])))
    }

    @Test func aStopEndsTheTestAndTheWorkerIsReadyAgain() {
        var play = Play()
        play.register()
        play.run(["a": 2], timestamp: 100)
        play.receive(.stop)
        #expect(play.take() == [.endTest])
        play.receive(.stop)
        play.receive(.spawn(SpawnOrder(timestamp: 101, users: ["a": 1])))
        #expect(play.take() == [])
        play.ended()
        #expect(play.take() == [.report, .send(.clientStopped), .send(.clientReady)])
        #expect(play.machine.state == .ready)
        // The master's clock may have been set back.
        let order = SpawnOrder(timestamp: 1, users: ["a": 1])
        play.receive(.spawn(order))
        #expect(play.take() == [.send(.spawning), .startTest(order), .direct(["a": 1])])
    }

    @Test func aStopWithoutATestIsAnsweredToo() {
        var play = Play()
        play.register()
        play.receive(.stop)
        #expect(play.take() == [.report, .send(.clientStopped), .send(.clientReady)])
    }

    @Test func aQuitIsReportedAtOnceAndEndsWithTheUsers() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.receive(.quit)
        #expect(play.take() == [.measureAndReport, .endTest])
        play.ended()
        #expect(play.take() == [.report, .send(.quit), .exit(.quitByMaster)])
    }

    @Test func aQuitWithoutUsersEndsAtOnce() {
        var play = Play()
        play.register()
        play.receive(.quit)
        #expect(play.take() == [.report, .send(.quit), .exit(.quitByMaster)])
    }

    @Test func aSignalStopsTheUsersFirst() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.leave(.interrupted)
        play.leave(.interrupted)
        #expect(play.take() == [.endTest])
        play.pass(.seconds(3))
        #expect(play.actions.contains(.sendHeartbeat))
        _ = play.take()
        play.ended()
        #expect(play.take() == [.report, .send(.quit), .exit(.interrupted)])
    }

    @Test func usersThatDoNotStopAreLeft() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.leave(.interrupted)
        for _ in 0..<40 {
            play.pass(.seconds(1))
            play.receive(.heartbeat)
        }
        #expect(play.take().last == .exit(.interrupted))
    }

    @Test func aTestThatEndsByItselfHasNoUsersUntilTheMastersStop() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.ended()
        #expect(play.take() == [.report, .send(.spawningComplete(["a": 0]))])
        play.receive(.spawn(SpawnOrder(timestamp: 5, users: ["a": 3])))
        #expect(play.take() == [.send(.spawning), .send(.spawningComplete(["a": 0]))])
        play.receive(.stop)
        #expect(play.take() == [.report, .send(.clientStopped), .send(.clientReady)])
        play.receive(.spawn(SpawnOrder(timestamp: 6, users: ["a": 3])))
        #expect(play.take().last == .direct(["a": 3]))
    }

    @Test func measurementsOfTheRampAreForgottenWhereTheMasterSaysSo() {
        var play = Play()
        play.register()
        play.receive(.spawn(SpawnOrder(timestamp: 1, users: ["a": 1], resetsStatistics: true)))
        _ = play.take()
        play.receive(.spawningComplete)
        #expect(play.take() == [.dropMeasurements])
    }
}

/// Masters that are absent, come late, die, come back, or are something else.
extension WorkerMachineTests {
    @Test func aMasterMayComeLate() {
        var play = Play()
        play.pass(.seconds(299))
        #expect(play.take() == [])
        play.connect()
        play.receive(.ack(index: 0))
        play.pass(.seconds(50))
        #expect(!play.hasExited)
    }

    @Test func noMasterIsWaitedForForEver() {
        var play = Play()
        play.pass(.seconds(400))
        #expect(play.take() == [.exit(.noMaster("no master answered within 300 s"))])
    }

    @Test func aMasterThatDoesNotAcknowledgeIsAskedUnderAnotherName() {
        var play = Play()
        play.connect()
        _ = play.take()
        play.pass(.seconds(5))
        #expect(play.take() == [.reconnect(newName: true)])
        for _ in 0..<100 where !play.hasExited {
            play.connect()
            play.pass(.seconds(5))
        }
        #expect(play.take().last == .exit(.noMaster("no master answered within 300 s")))
    }

    @Test func usersGoOnWhileTheMasterIsAway() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.disconnect()
        play.pass(.seconds(59))
        #expect(play.take() == Array(repeating: .reconnect(newName: false), count: 11))
        play.connect()
        #expect(play.take() == [.send(.clientReady)])
        play.receive(.ack(index: 0))
        play.receive(.spawn(SpawnOrder(timestamp: 2, users: ["a": 3])))
        #expect(play.take() == [.send(.spawning), .direct(["a": 3])])
        play.pass(.seconds(20))
        #expect(!play.take().contains(.endTest))
    }

    /// The library gives up a connection that ended with a message past its limit.
    @Test func aLostConnectionIsRetriedUntilItIsThere() {
        var play = Play()
        play.register()
        play.disconnect()
        play.pass(.seconds(4))
        #expect(play.take() == [])
        play.pass(.seconds(1))
        #expect(play.take() == [.reconnect(newName: false)])
        play.pass(.seconds(5))
        #expect(play.take() == [.reconnect(newName: false)])
        play.register()
        play.pass(.seconds(30))
        #expect(!play.take().contains(.reconnect(newName: false)))
    }

    @Test func aNewMasterThatKnowsOfNoTestEndsIt() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.disconnect()
        play.connect()
        play.receive(.ack(index: 0))
        _ = play.take()
        play.pass(.seconds(6))
        #expect(play.take().filter { $0 != .report } == [.endTest])
        play.ended()
        #expect(play.take() == [.report, .send(.clientStopped), .send(.clientReady)])
    }

    @Test func aMasterThatDoesNotComeBackEndsTheWorker() {
        var play = Play()
        play.register()
        play.run(["a": 2])
        play.disconnect()
        play.pass(.seconds(61))
        #expect(play.take().filter { $0 != .reconnect(newName: false) } == [.endTest])
        play.ended()
        #expect(play.take() == [.exit(.noMaster("the master did not come back within 60 s"))])
    }

    @Test func aMasterThatIsSilentEndsTheWorker() {
        var play = Play()
        play.register()
        play.pass(.seconds(61))
        #expect(play.take().last == .exit(.noMaster("the master has not answered for 60 s")))
    }

    @Test func theMasterMayAskForANewConnection() {
        var play = Play()
        play.register()
        play.receive(.reconnect)
        #expect(play.take() == [.reconnect(newName: false)])
        play.connect()
        #expect(play.take() == [.send(.clientReady)])
    }

    @Test func aMasterOfVersionOneIsRefused() {
        var play = Play()
        play.connect()
        _ = play.take()
        play.receive(.other("hatch"))
        guard case .exit(.noMaster)? = play.take().last else {
            Issue.record("goes on with a master of version 1")
            return
        }
    }

    @Test func aMasterWithoutAcknowledgementsIsServed() {
        var play = Play()
        play.connect()
        _ = play.take()
        let order = SpawnOrder(timestamp: 1, users: ["a": 1])
        play.receive(.spawn(order))
        #expect(play.take() == [.send(.spawning), .startTest(order), .direct(["a": 1])])
    }
}
