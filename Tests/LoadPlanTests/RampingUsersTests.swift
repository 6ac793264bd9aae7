import Testing

@testable import LoadPlan

struct RampingUsersTests {
    private func plan(_ members: String) throws -> LoadPlan {
        try LoadPlan.of(#"{"scenarios":{"a":{"executor":"ramping-vus",\#(members)}}}"#)
    }

    @Test func usersFollowTheLine() throws {
        let run = try self.plan(
            #""startVUs":2,"stages":[{"duration":"2s","target":6},{"duration":"2s","target":2}],"gracefulRampDown":0"#
        ).simulate()[0]
        #expect(run.faults == [])
        #expect(run.userStarts.map(\.time) == [.zero, .zero] + (1...4).map { .milliseconds(500 * $0) })
        #expect(
            run.stopOrders.map(\.time)
                == (1...4).map { .milliseconds(2_000 + 500 * $0) } + [.seconds(4), .seconds(4)])
        #expect(run.stopOrders.map(\.user.idInTest) == [6, 5, 4, 1, 2, 3])
        #expect(run.finishedAt == .seconds(4))
    }

    @Test func aUserThatLeavesMayFinishItsIteration() throws {
        let members =
            #""startVUs":2,"stages":[{"duration":"1s","target":1},{"duration":"9s","target":1}],"gracefulStop":0"#
        let run = try self.plan(members + #","gracefulRampDown":"3s""#).simulate { _, _ in .milliseconds(1_900) }[0]
        #expect(run.faults == [])
        #expect(run.userEnds[0].user.idInTest == 2 && run.userEnds[0].time == .milliseconds(1_900))
        let short = try self.plan(members + #","gracefulRampDown":"500ms""#).simulate { _, _ in .milliseconds(1_900) }[
            0]
        #expect(short.userEnds[0].time == .milliseconds(1_500) && short.interrupted == 2)
    }

    @Test func noUserOutlivesTheGracefulStopOfTheEnd() throws {
        let run = try self.plan(
            #""startVUs":2,"stages":[{"duration":"2s","target":0}],"gracefulRampDown":"30s","gracefulStop":"1s""#
        ).simulate { _, _ in .seconds(100) }[0]
        #expect(run.faults == [])
        #expect(run.stopOrders.map(\.graceful) == [.seconds(2), .seconds(1)])
        #expect(run.finishedAt == .seconds(3))
    }

    private let valley =
        #""startVUs":2,"stages":[{"duration":"1s","target":1},{"duration":"1s","target":2},{"duration":"3s","target":2}]"#

    @Test func aUserThatStillRunsIsKept() throws {
        let run = try self.plan(self.valley + #","gracefulRampDown":"9s","gracefulStop":0"#).simulate { _, _ in
            .milliseconds(2_400)
        }[0]
        #expect(run.faults == [])
        #expect(run.keeps.map(\.time) == [.seconds(2)] && run.keeps.map(\.user.idInTest) == [2])
        #expect(run.userStarts.count == 2)
        #expect(
            run.starts.filter { $0.user.idInTest == 2 }.map(\.time) == [
                .zero, .milliseconds(2_400), .milliseconds(4_800),
            ])
    }

    @Test func aUserThatLeftComesBack() throws {
        let run = try self.plan(self.valley + #","gracefulRampDown":"9s""#).simulate { _, _ in .milliseconds(500) }[0]
        #expect(run.faults == [] && run.keeps.isEmpty)
        #expect(run.userStarts.map(\.user.idInTest) == [1, 2, 2])
        #expect(run.userStarts.map(\.time) == [.zero, .zero, .seconds(2)])
    }

    /// The disconnecting of a user takes longer than the valley lasts: it is started again when it is gone.
    @Test func aUserThatIsStillLeavingComesBackWhenItIsGone() throws {
        let plan = try self.plan(self.valley + #","gracefulRampDown":0"#)
        var machine = plan.machine(for: plan.scenarios[0], share: plan.share)
        var actions: [ScenarioAction] = []
        machine.start(at: .zero, into: &actions)
        machine.wake(at: .seconds(1), into: &actions)
        let second = ScenarioUser(idInTest: 2, slot: 1)
        #expect(actions.contains(.stopUser(second, graceful: .zero)))
        machine.iterationEnded(second, at: .seconds(1), into: &actions)
        actions = []
        machine.wake(at: .seconds(2), into: &actions)
        #expect(!actions.contains(.startUser(second)) && !actions.contains(.keepUser(second)))
        machine.userStopped(second, at: .milliseconds(2_300), into: &actions)
        #expect(actions.contains(.startUser(second)))
        #expect(machine.users.live == 2)
    }
}
