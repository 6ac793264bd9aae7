import LoadPlan
import Testing

/// The segments and loops of a run together do the same as one loop alone, for every executor.
struct SplitTests {
    private static let executors = [
        #""executor":"constant-vus","vus":13,"duration":"3s""#,
        #""executor":"per-vu-iterations","vus":13,"iterations":4"#,
        #""executor":"shared-iterations","vus":13,"iterations":200"#,
        #""executor":"shared-iterations","vus":2,"iterations":200"#,
        #""executor":"ramping-vus","startVUs":5,"stages":[{"duration":"2s","target":17},{"duration":"1s","target":3}]"#,
        #""executor":"constant-arrival-rate","rate":70,"duration":"3s","preAllocatedVUs":40"#,
        #""executor":"constant-arrival-rate","rate":7,"duration":"3s","preAllocatedVUs":1,"maxVUs":3"#,
        #""executor":"ramping-arrival-rate","startRate":3,"stages":[{"duration":"3s","target":90}],"preAllocatedVUs":60"#,
    ]

    private func runs(_ members: String, _ segments: [String], loops: Int, spawnRate: Int) throws -> [Simulation] {
        try segments.flatMap { text in
            try LoadPlan.of(
                #"{"scenarios":{"a":{\#(members),"gracefulStop":0}}}"#, spawnRate: spawnRate,
                segment: ExecutionSegment(parsing: text)
            ).simulate(loops: loops) { _, _ in .milliseconds(97) }
        }
    }

    @Test(arguments: Self.executors, ShareTests.partitions)
    func theSumIsTheWhole(_ members: String, _ segments: [String]) throws {
        let whole = try self.runs(members, ["0:1"], loops: 1, spawnRate: 50)[0]
        #expect(whole.faults == [])
        for loops in [1, 2, 5] {
            let parts = try self.runs(members, segments, loops: loops, spawnRate: 50)
            #expect(parts.flatMap(\.faults) == [])
            // Users that are taken because none is free depend on who shares with whom.
            if !members.contains("maxVUs") { #expect(Self.users(parts) == Self.users([whole])) }
            let numbers = parts.flatMap(\.starts).map(\.number)
            #expect(Set(numbers).count == numbers.count, "no number twice")
            if members.contains("shared") || members.contains("arrival") {
                #expect(numbers.count + parts.reduce(0) { $0 + $1.dropped } == whole.starts.count + whole.dropped)
            } else {
                #expect(parts.flatMap(\.starts).map(\.time).sorted() == whole.starts.map(\.time).sorted())
            }
            if members.contains("arrival") {
                let due = Dictionary(uniqueKeysWithValues: whole.starts.map { ($0.number, $0.due) })
                #expect(parts.flatMap(\.starts).allSatisfy { due[$0.number] == nil || due[$0.number] == $0.due })
            }
        }
    }

    /// The users and when they start.
    private static func users(_ runs: [Simulation]) -> [String] {
        runs.flatMap(\.userStarts).map { "\($0.user.idInTest) \($0.time)" }.sorted()
    }

    @Test func identifiersAreUniqueOverScenarios() throws {
        let json = #"""
            {"scenarios":{"a":{"executor":"constant-vus","vus":5,"duration":"1s"},
             "b":{"executor":"constant-arrival-rate","rate":50,"duration":"1s","preAllocatedVUs":1,"maxVUs":7},
             "c":{"executor":"ramping-vus","stages":[{"duration":"1s","target":4}]}}}
            """#
        var ids: [Int] = []
        for segment in ["0:1/3", "1/3:2/3", "2/3:1"] {
            let plan = try LoadPlan.of(json, segment: ExecutionSegment(parsing: segment))
            for scenario in plan.scenarios {
                for share in plan.share.split(into: 2) {
                    var run = Simulation(plan.machine(for: scenario, share: share)) { _, _ in .milliseconds(150) }
                    run.run()
                    ids += run.userStarts.map(\.user.idInTest)
                }
            }
        }
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids).isSubset(of: Set(1...16)) && Set(1...5).isSubset(of: ids))
    }
}
