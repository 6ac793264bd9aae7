import Testing

@testable import LoadPlan

/// Users whose number is set from outside.
struct DirectedUsersTests {
    private static let options = #"{"vus":3,"duration":"1s","gracefulStop":"1s","gracefulRampDown":"1s"}"#

    private func simulate(
        _ orders: [Simulation.Order], loops: Int = 1, options: String = Self.options, direction: Direction? = nil,
        stopAt: Duration = .seconds(30)
    ) throws -> [Simulation] {
        let plan = try LoadPlan.of(options).directed(direction ?? Direction(firstUserID: 1))
        return plan.share.split(into: loops).map { share in
            var simulation = Simulation(
                plan.machine(for: plan.scenarios[0], share: share), length: { _, _ in .milliseconds(500) })
            simulation.run(stopAt: stopAt, orders: orders)
            #expect(simulation.faults == [])
            return simulation
        }
    }

    /// How many users there are after each second.
    private func users(_ simulations: [Simulation], at time: Duration) -> Int {
        simulations.reduce(0) { sum, one in
            sum + one.userStarts.count { $0.time <= time } - one.userEnds.count { $0.time <= time }
        }
    }

    @Test func nobodyRunsBeforeTheFirstOrder() throws {
        let simulation = try self.simulate([], stopAt: .seconds(5))[0]
        #expect(simulation.userStarts.isEmpty)
        #expect(simulation.finishedAt == .seconds(5))
    }

    @Test(arguments: [1, 2, 3, 7])
    func theNumberIsWhatWasSaidLast(_ loops: Int) throws {
        let orders = [
            Simulation.Order(time: .seconds(1), users: 10), .init(time: .seconds(5), users: 23),
            .init(time: .seconds(10), users: 4), .init(time: .seconds(15), users: 0),
            .init(time: .seconds(20), users: 200), .init(time: .seconds(25), users: 200),
        ]
        let simulations = try self.simulate(orders, loops: loops)
        for (time, users) in [(3, 10), (8, 23), (13, 4), (18, 0), (23, 200), (28, 200)] {
            #expect(self.users(simulations, at: .seconds(time)) == users)
        }
        #expect(simulations.allSatisfy { $0.finishedAt != nil && $0.finishedAt! <= .seconds(31) })
    }

    @Test func aDirectedUserPausesToo() throws {
        let plan = try LoadPlan.of(Self.options).directed(Direction(firstUserID: 1))
        var simulation = Simulation(
            plan.machine(for: plan.scenarios[0], share: plan.share), failing: 1...9,
            length: { _, _ in .milliseconds(500) })
        simulation.run(stopAt: .milliseconds(4_900), orders: [.init(time: .zero, users: 1)])
        #expect(simulation.faults == [] && simulation.starts.count == 4)
    }

    @Test func newUsersStartEvenlyWithinTheSpan() throws {
        let simulations = try self.simulate(
            [
                .init(time: .seconds(1), users: 100, span: .seconds(2)),
                .init(time: .seconds(9), users: 150, span: .seconds(1)),
            ],
            loops: 3)
        #expect((48...52).contains(self.users(simulations, at: .seconds(2))))
        #expect(self.users(simulations, at: .seconds(3)) == 100)
        #expect((123...127).contains(self.users(simulations, at: .milliseconds(9500))))
        #expect(self.users(simulations, at: .seconds(10)) == 150)
    }

    @Test(arguments: [1, 2, 5])
    func anOrderReplacesOneThatIsStillBeingFollowed(_ loops: Int) throws {
        for target in [0, 5, 50, 51, 100, 200] {
            let simulations = try self.simulate(
                [
                    .init(time: .seconds(1), users: 100, span: .seconds(2)),
                    .init(time: .seconds(2), users: target, span: .seconds(2)),
                ], loops: loops)
            #expect(self.users(simulations, at: .seconds(8)) == target)
        }
    }

    @Test func usersThatAreTooManyFinishTheirIteration() throws {
        let simulation = try self.simulate([
            .init(time: .seconds(1), users: 10), .init(time: .milliseconds(5050), users: 5),
        ])[0]
        let stopped = simulation.stopOrders.filter { $0.time == .milliseconds(5050) }
        #expect(stopped.count == 5)
        #expect(stopped.allSatisfy { $0.graceful == .seconds(1) })
        let direction = Direction(firstUserID: 1, graceful: .seconds(7))
        let longer = try self.simulate(
            [.init(time: .seconds(1), users: 10), .init(time: .milliseconds(5050), users: 5)], direction: direction)[0]
        #expect(longer.stopOrders.allSatisfy { $0.graceful == .seconds(7) })
    }

    @Test func aPlanOfOneIterationGoesOnToo() throws {
        let simulation = try self.simulate([.init(time: .zero, users: 2)], options: "{}", stopAt: .seconds(10))[0]
        #expect(simulation.starts.count > 30)
        #expect(Set(simulation.starts.map(\.number)).count == simulation.starts.count)
    }

    @Test func identifiersOfScenariosAndLoopsAreDistinct() throws {
        let plan = try LoadPlan.of(
            #"""
            {"scenarios":{"a":{"executor":"constant-vus","duration":"1s"},"b":{"executor":"constant-vus","duration":"1s"},
             "c":{"executor":"constant-vus","duration":"1s"}}}
            """#
        ).directed(Direction(firstUserID: 2_000_001))
        var users: [Int] = []
        var iterations: [Int] = []
        for scenario in plan.scenarios {
            for share in plan.share.split(into: 4) {
                var simulation = Simulation(plan.machine(for: scenario, share: share))
                simulation.run(stopAt: .seconds(2), orders: [.init(time: .zero, users: 50)])
                users += simulation.userStarts.map(\.user.idInTest)
                if scenario.name == "a" { iterations += simulation.starts.map(\.number) }
            }
        }
        #expect(users.sorted() == Array(2_000_001...2_000_150))
        #expect(Set(iterations).count == iterations.count)
    }
}
