import LoadPlan
import Metrics
import Testing

struct LoadPlanTests {
    private func plan(_ json: String, _ set: (inout CommandLineOptions) -> Void = { _ in }) throws -> LoadPlan {
        var commandLine = CommandLineOptions()
        set(&commandLine)
        return try LoadPlan(options: LoadOptions(json: json), commandLine: commandLine, shape: .scenario)
    }

    private let scenarios = #"{"scenarios":{"b":{"executor":"constant-vus","vus":3,"duration":"5s"}},"vus":7}"#

    @Test(arguments: ["null", "{}", "[]"])
    func withoutOptionsOneUserRunsOneIteration(_ json: String) throws {
        let plan = try self.plan(json)
        #expect(plan.scenarios.count == 1)
        #expect(plan.scenarios[0].name == "default")
        #expect(plan.scenarios[0].executor == .perVUIterations(users: 1, iterations: 1, maxDuration: .seconds(600)))
        #expect(plan.setupTimeout == .seconds(60))
        #expect(plan.summaryTrendStats.map(\.description) == ["avg", "min", "med", "max", "p(90)", "p(95)"])
    }

    @Test func theGracefulStopDependsOnTheShape() throws {
        let options = try LoadOptions(json: #"{"duration":"1s"}"#)
        #expect(try LoadPlan(options: options, shape: .bot).scenarios[0].gracefulStop == .zero)
        #expect(try LoadPlan(options: options, shape: .scenario).scenarios[0].gracefulStop == .seconds(2))
        let given = try LoadOptions(json: #"{"duration":"1s","gracefulStop":"7s"}"#)
        #expect(try LoadPlan(options: given, shape: .bot).scenarios[0].gracefulStop == .seconds(7))
    }

    @Test func shortcutsAreOneScenario() throws {
        #expect(
            try self.plan(#"{"vus":4}"#).scenarios[0].executor
                == .sharedIterations(users: 4, iterations: 4, maxDuration: .seconds(600)))
        #expect(
            try self.plan(#"{"vus":4.0,"duration":"3s"}"#).scenarios[0].executor
                == .constantVUs(users: 4, duration: .seconds(3)))
        #expect(
            try self.plan(#"{"iterations":4,"duration":"5s"}"#).scenarios[0].executor
                == .sharedIterations(users: 1, iterations: 4, maxDuration: .seconds(5)))
        #expect(
            try self.plan(#"{"vus":0,"stages":[{"duration":"1s","target":9}]}"#).scenarios[0].executor
                == .rampingVUs(startUsers: 0, stages: [Stage(duration: .seconds(1), target: 9)]))
    }

    /// Values of `__ENV` are text, and an empty text means no value.
    @Test func numbersMayBeText() throws {
        #expect(try self.plan(#"{"vus":"4","iterations":"+8"}"#) == self.plan(#"{"vus":4,"iterations":8}"#))
        #expect(try self.plan(#"{"vus":"","iterations":3}"#) == self.plan(#"{"iterations":3}"#))
        let arrivals = { (quote: String) in
            let number = { (value: Int) in quote + String(value) + quote }
            return """
                {"scenarios":{"a":{"executor":"ramping-arrival-rate","startRate":\(number(1)),"maxVUs":\(number(9)),
                 "preAllocatedVUs":\(number(2)),"stages":[{"duration":"1s","target":\(number(5))}]},
                 "b":{"executor":"constant-arrival-rate","rate":\(number(3)),"preAllocatedVUs":\(number(2)),
                 "maxVUs":"","duration":"1s","weight":\(number(3))}}}
                """
        }
        #expect(try self.plan(arrivals("\"")) == self.plan(arrivals("").replacing(#""maxVUs":"","#, with: "")))
    }

    @Test func theCommandLineReplacesTheScenarios() throws {
        let plan = try self.plan(self.scenarios) { $0.duration = .seconds(2) }
        #expect(plan.scenarios.map(\.name) == ["default"])
        #expect(plan.scenarios[0].executor == .constantVUs(users: 7, duration: .seconds(2)))
        let staged = try self.plan(#"{"duration":"1s"}"#) { $0.stages = [Stage(duration: .seconds(1), target: 2)] }
        #expect(staged.scenarios[0].executor.kind == .rampingVUs)
    }

    @Test func usersAloneLeaveTheScenariosAndSayThat() throws {
        let plan = try self.plan(self.scenarios) { $0.vus = 2 }
        #expect(plan.scenarios.map(\.name) == ["b"])
        #expect(plan.notes.count == 1 && plan.notes[0].contains("--vus 2"))
        let shortcut = try self.plan(#"{"vus":5,"duration":"3s"}"#) { $0.vus = 2 }
        #expect(shortcut.scenarios[0].executor == .constantVUs(users: 2, duration: .seconds(3)))
    }

    @Test func aCommandLineThatContradictsItself() {
        #expect(throws: OptionErrors.self) {
            try self.plan("{}") {
                $0.duration = .seconds(1)
                $0.stages = []
            }
        }
        #expect(throws: OptionErrors.self) { try self.plan("{}") { $0.vus = 0 } }
        #expect(throws: OptionErrors.self) {
            try self.plan("{}") {
                $0.vus = 5
                $0.iterations = 4
            }
        }
        #expect(throws: OptionErrors.self) { try self.plan("{}") { $0.spawnRate = -1 } }
    }

    @Test func tagsAddUpAndTheCommandLineWins() throws {
        let plan = try self.plan(#"{"tags":{"a":1,"b":true,"c":"x"}}"#) { $0.tags = ["a": "2"] }
        #expect(plan.tags == ["a": "2", "b": "true", "c": "x"])
    }

    @Test func everyKeyOfAScenario() throws {
        let plan = try self.plan(
            """
            {"gracefulStop":"9s","scenarios":{
              "z":{"executor":"ramping-arrival-rate","startRate":5,"timeUnit":"1m","preAllocatedVUs":2,"maxVUs":9,
                   "stages":[{"duration":"1m","target":60}],"exec":"f","startTime":"3s","gracefulStop":"1s",
                   "env":{"PORT":8080},"tags":{"t":"u"},"weight":3},
              "a":{"executor":"ramping-vus","startVUs":3,"gracefulRampDown":0,"stages":[{"duration":"1m","target":60}]}}}
            """)
        let (a, z) = (plan.scenarios[0], plan.scenarios[1])
        #expect([a.name, z.name] == ["a", "z"])
        #expect(a.gracefulStop == .seconds(9) && a.gracefulRampDown == .zero && a.exec == "default")
        #expect(a.firstUserID == 1 && z.firstUserID == 61)
        #expect(
            z.executor
                == .rampingArrivalRate(
                    Executor.ArrivalUsers(preAllocated: 2, most: 9), startRate: 5, timeUnit: .seconds(60),
                    stages: [Stage(duration: .seconds(60), target: 60)]))
        #expect(z.exec == "f" && z.startTime == .seconds(3) && z.gracefulStop == .seconds(1))
        #expect(z.env == ["PORT": "8080"] && z.tags == ["t": "u"] && z.weight == 3)
    }

    @Test func textsOfTheCommandLine() throws {
        #expect(
            try CommandLineOptions.stages("30s:100,1m:0")
                == [Stage(duration: .seconds(30), target: 100), Stage(duration: .seconds(60), target: 0)])
        for text in ["", "30s", "30s:", "30s:x", "30s:-1", "x:1", ":1", "1s:1:1", "-1s:1"] {
            #expect(throws: OptionErrors.self, "\(text)") { try CommandLineOptions.stages(text) }
        }
        #expect(try CommandLineOptions.duration("90s", option: "-d") == .seconds(90))
        for text in ["10", "0s", "-1s", "x"] {
            #expect(throws: OptionErrors.self, "\(text)") { try CommandLineOptions.duration(text, option: "-d") }
        }
        #expect(try TrendStatistics.list(commandLine: "avg,p(99.9)") == [.average, .percentile(99.9)])
        #expect(throws: OptionErrors.self) { try TrendStatistics.list(commandLine: "avg,mean") }
    }
}
