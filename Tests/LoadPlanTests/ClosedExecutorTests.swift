import LoadPlan
import Testing

/// constant-vus, per-vu-iterations and shared-iterations.
struct ClosedExecutorTests {
    @Test func constantUsersIterateUntilTheTimeIsOver() throws {
        let run = try LoadPlan.of(#"{"vus":3,"duration":"1s","gracefulStop":"2s"}"#).simulate()[0]
        #expect(run.faults == [])
        #expect(run.userStarts.map(\.user.idInTest) == [1, 2, 3])
        #expect(run.starts.count == 30)
        #expect(run.starts.map(\.number) == Array(0..<30))
        #expect(run.complete == 30 && run.interrupted == 0 && run.dropped == 0)
        #expect(run.finishedAt == .seconds(1))
    }

    @Test func aRunningIterationGoesOnForTheGracefulStop() throws {
        let json = #"{"vus":2,"duration":"1s","gracefulStop":"300ms"}"#
        let ends = try LoadPlan.of(json).simulate { user, _ in user.idInTest == 1 ? .milliseconds(1_200) : .seconds(9) }
        #expect(ends[0].faults == [])
        #expect(ends[0].complete == 1 && ends[0].interrupted == 1)
        #expect(ends[0].userEnds.map(\.time) == [.milliseconds(1_200), .milliseconds(1_300)])
        #expect(ends[0].finishedAt == .milliseconds(1_300))
    }

    @Test func usersStartAtTheSpawnRateEvenlyOverSegmentsAndLoops() throws {
        for (segments, loops) in [(["0:1"], 1), (["0:1"], 2), (["0:1/4", "1/4:1/2", "1/2:3/4", "3/4:1"], 2)] {
            let runs = try segments.flatMap { text in
                try LoadPlan.of(
                    #"{"vus":400,"duration":"3s"}"#, spawnRate: 100, segment: ExecutionSegment(parsing: text)
                ).simulate(loops: loops)
            }
            #expect(runs.flatMap(\.faults) == [])
            let starts = runs.flatMap(\.userStarts).sorted { $0.user.idInTest < $1.user.idInTest }
            // The duration counts from the first start: the last 100 have no time left.
            #expect(starts.map(\.user.idInTest) == Array(1...300))
            #expect(starts.map(\.time) == (0..<300).map { .milliseconds(10 * $0) })
        }
    }

    @Test func eachUserHasItsIterations() throws {
        let run = try LoadPlan.of(
            #"{"scenarios":{"a":{"executor":"per-vu-iterations","vus":4,"iterations":5}}}"#
        ).simulate { user, _ in .milliseconds(10 * user.idInTest) }[0]
        #expect(run.faults == [])
        #expect(Dictionary(grouping: run.starts, by: \.user.idInTest).mapValues(\.count) == [1: 5, 2: 5, 3: 5, 4: 5])
        #expect(run.userEnds.map(\.time) == (1...4).map { .milliseconds(50 * $0) })
        #expect(run.finishedAt == .milliseconds(200) && run.dropped == 0)
    }

    @Test func sharedIterationsGoToWhoIsFree() throws {
        let run = try LoadPlan.of(#"{"vus":2,"iterations":11}"#).simulate { user, _ in
            .milliseconds(user.idInTest == 1 ? 10 : 100)
        }[0]
        #expect(run.faults == [])
        #expect(run.starts.map(\.number) == Array(0..<11))
        #expect(run.starts.filter { $0.user.idInTest == 1 }.count == 10)
        #expect(run.finishedAt == .milliseconds(100))
    }

    @Test(arguments: ["shared-iterations", "per-vu-iterations"])
    func whatDoesNotStartInTimeIsDropped(_ executor: String) throws {
        let each = executor == "shared-iterations" ? 20 : 10
        let run = try LoadPlan.of(
            """
            {"scenarios":{"a":{"executor":"\(executor)","vus":2,"iterations":\(each),"maxDuration":"1s"}}}
            """
        ).simulate { _, _ in .milliseconds(300) }[0]
        #expect(run.faults == [])
        #expect(run.starts.count == 8 && run.dropped == 12)
        #expect(run.finishedAt == .milliseconds(1_200))
    }

    @Test func sharedIterationsEndWithoutWaitingForUsersThatAreStillToStart() throws {
        let run = try LoadPlan.of(#"{"vus":1000,"iterations":1000}"#, spawnRate: 10).simulate { _, _ in .zero }[0]
        #expect(run.faults == [])
        #expect(run.starts.count == 1_000 && run.finishedAt == .zero)
    }

    @Test func afterAnIterationThatCouldNotConnectAUserPauses() throws {
        let run = try LoadPlan.of(#"{"vus":2,"duration":"5500ms"}"#).simulate(failing: 1...9)[0]
        #expect(run.faults == [])
        #expect(
            run.starts.filter { $0.user.idInTest == 2 }.map(\.time)
                == (0..<5).map { .milliseconds(1_100 * $0) })
        #expect(run.finishedAt == .milliseconds(5_500))
    }

    @Test func aUserThatWaitsIsStoppedAtOnce() throws {
        let run = try LoadPlan.of(#"{"vus":2,"duration":"9s","failurePause":"5s"}"#).simulate(
            failing: 1...9, stopAt: .milliseconds(300))[0]
        #expect(run.faults == [])
        #expect(run.finishedAt == .milliseconds(300) && run.complete == 2)
    }

    @Test func onlyTheUserThatCouldNotConnectPauses() throws {
        let run = try LoadPlan.of(#"{"vus":2,"duration":"1s"}"#).simulate(failing: 1...1)[0]
        #expect(run.faults == [])
        #expect(run.starts.count { $0.user.idInTest == 1 } == 1 && run.starts.count { $0.user.idInTest == 2 } == 10)
    }

    @Test(arguments: [
        (#""vus":2,"duration":"950ms","failurePause":0"#, 20),
        (#""vus":2,"duration":"950ms","failurePause":"200ms""#, 8),
        (
            #""scenarios":{"a":{"executor":"ramping-vus","startVUs":2,"stages":[{"duration":"950ms","target":2}],"#
                + #""failurePause":"400ms"}},"failurePause":0"#, 4
        ),
        (#""vus":2,"iterations":6,"failurePause":"200ms""#, 6),
        (#""scenarios":{"a":{"executor":"per-vu-iterations","vus":2,"iterations":3,"maxDuration":"250ms"}}"#, 2),
        // An arrival rate is a rate: its users are free at once.
        (
            #""scenarios":{"a":{"executor":"constant-arrival-rate","rate":10,"preAllocatedVUs":2,"duration":"950ms"}}"#,
            10
        ),
    ])
    func theFailurePause(_ options: String, _ starts: Int) throws {
        let run = try LoadPlan.of("{\(options)}").simulate(failing: 1...9)[0]
        #expect(run.faults == [] && run.starts.count == starts, "\(run.starts.map(\.time))")
    }

    /// The others have taken the last iteration when the first user's pause is not over.
    @Test func aPauseDelaysNoEnd() throws {
        let run = try LoadPlan.of(#"{"vus":2,"iterations":6,"failurePause":"1h"}"#).simulate(
            failing: 1...1)[0]
        #expect(run.faults == [] && run.starts.count == 6)
        #expect(run.finishedAt == .milliseconds(500))
    }

    @Test func stoppedFromOutside() throws {
        for json in [
            #"{"vus":2,"duration":"9s","gracefulStop":"50ms"}"#, #"{"vus":2,"iterations":900,"gracefulStop":"50ms"}"#,
        ] {
            let run = try LoadPlan.of(json).simulate(stopAt: .milliseconds(320))[0]
            #expect(run.faults == [])
            #expect(run.complete == 6 && run.interrupted == 2 && run.dropped == 0)
            #expect(run.finishedAt == .milliseconds(370))
        }
    }

    @Test func stoppedBeforeTheScenarioBegins() throws {
        let run = try LoadPlan.of(
            #"{"scenarios":{"a":{"executor":"constant-vus","duration":"1s","startTime":"5s"}}}"#
        ).simulate(stopAt: .seconds(2))[0]
        #expect(run.starts.isEmpty && run.finishedAt == .seconds(2) && run.faults == [])
    }

    @Test func theStartTimeShiftsAll() throws {
        let run = try LoadPlan.of(
            #"{"scenarios":{"a":{"executor":"constant-vus","vus":2,"duration":"1s","startTime":"5s"}}}"#
        ).simulate()[0]
        #expect(run.faults == [])
        #expect(run.starts.first?.time == .seconds(5) && run.finishedAt == .seconds(6))
    }

    @Test func aShareWithoutUsersIsFinishedAtOnce() throws {
        let runs = try LoadPlan.of(#"{"vus":1,"duration":"1s"}"#).simulate(loops: 3)
        #expect(runs.map(\.finishedAt) == [.seconds(1), .zero, .zero])
        #expect(runs.flatMap(\.faults) == [])
    }

    @Test func lostUsersLeaveTheirIterationsToOthersOrDropThem() throws {
        var plan = try LoadPlan.of(#"{"vus":2,"iterations":20}"#)
        var run = Simulation(plan.machine(for: plan.scenarios[0], share: plan.share))
        run.lose(ScenarioUser(idInTest: 1, slot: 0), at: .milliseconds(250))
        run.run()
        #expect(run.faults == [] && run.starts.count == 20 && run.dropped == 0)
        run = Simulation(plan.machine(for: plan.scenarios[0], share: plan.share))
        run.lose(ScenarioUser(idInTest: 1, slot: 0), at: .milliseconds(250))
        run.lose(ScenarioUser(idInTest: 2, slot: 1), at: .milliseconds(350))
        run.run()
        #expect(run.faults == [] && run.starts.count == 7 && run.dropped == 13)
        #expect(run.finishedAt == .milliseconds(350))
        plan = try LoadPlan.of(#"{"vus":2,"duration":"1s"}"#)
        run = Simulation(plan.machine(for: plan.scenarios[0], share: plan.share))
        run.lose(ScenarioUser(idInTest: 1, slot: 0), at: .milliseconds(250))
        run.run()
        #expect(run.faults == [] && run.userStarts.count == 2 && run.finishedAt == .seconds(1))
    }
}
