import LoadPlan
import Testing

struct ArrivalExecutorTests {
    private func plan(_ members: String) throws -> LoadPlan {
        try LoadPlan.of(#"{"scenarios":{"a":{\#(members)}}}"#)
    }

    private let constant = #""executor":"constant-arrival-rate","rate":10,"duration":"2s""#

    @Test func iterationsStartWhenTheyAreDue() throws {
        let run = try self.plan(self.constant + #","preAllocatedVUs":2"#).simulate()[0]
        #expect(run.faults == [])
        #expect(run.starts.map(\.time) == (0..<20).map { .milliseconds(100 * $0) })
        #expect(run.starts.allSatisfy { $0.due == $0.time })
        #expect(run.starts.map(\.number) == Array(0..<20))
        #expect(run.dropped == 0 && run.finishedAt == .seconds(2))
    }

    @Test func theUserThatIsFreeLongestTakesAnArrival() throws {
        let run = try self.plan(self.constant + #","preAllocatedVUs":4"#).simulate { _, _ in .milliseconds(1) }[0]
        #expect(run.starts.map(\.user.idInTest) == (0..<20).map { $0 % 4 + 1 })
    }

    @Test func newUsersAreTakenUpToTheMost() throws {
        let run = try self.plan(self.constant + #","preAllocatedVUs":1,"maxVUs":3"#).simulate { _, _ in
            .milliseconds(350)
        }[0]
        #expect(run.faults == [])
        #expect(run.userStarts.map(\.time) == [.zero, .milliseconds(100), .milliseconds(200)])
        // Three users at 350 ms each take three of four arrivals.
        #expect(run.starts.count == 15 && run.dropped == 5)
        #expect(run.starts.prefix(4).map(\.number) == [0, 1, 2, 4])
    }

    @Test func withoutUsersFromTheStart() throws {
        let run = try self.plan(self.constant + #","preAllocatedVUs":0,"maxVUs":2"#).simulate { _, _ in .zero }[0]
        #expect(run.faults == [] && run.starts.count == 20 && run.userStarts.count == 1)
    }

    @Test func runningIterationsHaveTheGracefulStop() throws {
        let run = try self.plan(self.constant + #","preAllocatedVUs":20,"gracefulStop":"1s""#).simulate { _, _ in
            .milliseconds(1_450)
        }[0]
        #expect(run.faults == [])
        #expect(run.complete == 16 && run.interrupted == 4)
        #expect(run.finishedAt == .seconds(3))
    }

    @Test func aRampOfRates() throws {
        let run = try self.plan(
            #""executor":"ramping-arrival-rate","preAllocatedVUs":50,"stages":[{"duration":"10s","target":10}]"#
        ).simulate()[0]
        #expect(run.faults == [] && run.starts.count == 50)
        #expect(run.starts[7].time == .seconds(4))
    }

    @Test func lateWakesCatchUp() throws {
        let plan = try self.plan(self.constant + #","preAllocatedVUs":3"#)
        var machine = plan.machine(for: plan.scenarios[0], share: plan.share)
        var actions: [ScenarioAction] = []
        machine.start(at: .zero, into: &actions)
        actions = []
        machine.wake(at: .milliseconds(550), into: &actions)
        let due = actions.compactMap { action -> Duration? in
            if case .startIteration(_, _, let due) = action { due } else { nil }
        }
        #expect(due == [.milliseconds(100), .milliseconds(200)])
        #expect(actions.contains(.iterationsDropped(3)))
        #expect(actions.last == .wake(at: .milliseconds(600)))
    }

    @Test func theFreePlaceOfALostUserIsTakenAgain() throws {
        let plan = try self.plan(self.constant + #","preAllocatedVUs":1"#)
        var run = Simulation(plan.machine(for: plan.scenarios[0], share: plan.share)) { _, _ in .milliseconds(10) }
        run.lose(ScenarioUser(idInTest: 1, slot: 0), at: .milliseconds(150))
        run.lose(ScenarioUser(idInTest: 1, slot: 0), at: .milliseconds(405))
        run.run()
        #expect(run.faults == [] && run.starts.count == 20 && run.userStarts.count == 3)
    }

    @Test func aHundredThousandArrivalsASecond() throws {
        let plan = try self.plan(
            #""executor":"constant-arrival-rate","rate":100000,"duration":"3s","preAllocatedVUs":20000"#)
        var machine = plan.machine(for: plan.scenarios[0], share: plan.share)
        var actions: [ScenarioAction] = []
        machine.start(at: .zero, into: &actions)
        var started = 0
        var running: [ScenarioUser] = []
        for millisecond in 0...3_000 {
            let now = Duration.milliseconds(millisecond)
            for user in running { machine.iterationEnded(user, at: now, into: &actions) }
            running.removeAll(keepingCapacity: true)
            machine.wake(at: now, into: &actions)
            for case .startIteration(let user, _, _) in actions { running.append(user) }
            started += running.count
            actions.removeAll(keepingCapacity: true)
        }
        #expect(started == 300_000)
    }
}
