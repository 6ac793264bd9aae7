import LoadPlan
import Testing

struct PlanDescriptionTests {
    @Test func asK6PrintsIt() throws {
        let plan = try LoadPlan.of(#"{"vus":10,"duration":"1m","gracefulStop":"30s"}"#)
        #expect(
            plan.description == """
                scenarios: (100.00%) 1 scenario, 10 max VUs, 1m30s max duration (incl. graceful stop):
                         * default: 10 looping VUs for 1m0s (gracefulStop: 30s)
                """)
    }

    private let all = #"""
        {"scenarios":{
          "a":{"executor":"ramping-vus","stages":[{"duration":"30s","target":9}],"gracefulRampDown":"5s","exec":"f"},
          "b":{"executor":"per-vu-iterations","vus":4,"iterations":3,"startTime":"1m"},
          "c":{"executor":"shared-iterations","vus":4,"iterations":31,"gracefulStop":0},
          "d":{"executor":"constant-arrival-rate","rate":90,"timeUnit":"1m","duration":"5s","preAllocatedVUs":2,"maxVUs":8},
          "e":{"executor":"ramping-arrival-rate","startRate":3,"stages":[{"duration":"5s","target":40}],
               "preAllocatedVUs":2}}}
        """#

    @Test func everyExecutor() throws {
        #expect(
            try LoadPlan.of(self.all).description == """
                scenarios: (100.00%) 5 scenarios, 23 max VUs, 11m2s max duration (incl. graceful stop):
                         * a: Up to 9 looping VUs for 30s over 1 stages \
                (gracefulRampDown: 5s, exec: f, gracefulStop: 2s)
                         * c: 31 iterations shared among 4 VUs (maxDuration: 10m0s)
                         * d: 1.50 iterations/s for 5s (maxVUs: 2-8, gracefulStop: 2s)
                         * e: Up to 40.00 iterations/s for 5s over 1 stages (maxVUs: 2, gracefulStop: 2s)
                         * b: 3 iterations for each of 4 VUs (maxDuration: 10m0s, startTime: 1m0s, gracefulStop: 2s)
                """)
    }

    @Test func aSegmentShowsItsPart() throws {
        let plan = try LoadPlan.of(self.all, segment: ExecutionSegment(parsing: "25%"))
        let lines = plan.description.split(separator: "\n")
        #expect(lines[0].hasPrefix("scenarios: (25.00%) 5 scenarios"))
        #expect(lines[2].contains("8 iterations shared among 1 VUs"))
        #expect(lines[3].contains("0.38 iterations/s"))
    }

    @Test func scenariosAfterOneAnotherDoNotAddUp() throws {
        let plan = try LoadPlan.of(
            #"""
            {"gracefulStop":0,"scenarios":{
              "a":{"executor":"constant-vus","vus":7,"duration":"10s"},
              "b":{"executor":"constant-vus","vus":5,"duration":"10s","startTime":"10s"},
              "c":{"executor":"constant-vus","vus":4,"duration":"10s","startTime":"15s"}}}
            """#)
        #expect(plan.maxUsers == 9)
        #expect(plan.maxDuration == .seconds(25))
    }
}
