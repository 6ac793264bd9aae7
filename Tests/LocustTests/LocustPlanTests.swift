import LoadPlan
import Testing

@testable import Locust

struct LocustPlanTests {
    private func plan(_ json: String, stem: String = "chat-room") throws -> LocustPlan {
        try LocustPlan(LoadPlan.of(json), stem: stem)
    }

    @Test func aScriptWithoutScenariosIsNamedAfterItsFile() throws {
        for json in ["{}", #"{"vus":20}"#, #"{"vus":20,"duration":"1s"}"#] {
            let plan = try self.plan(json)
            #expect(plan.classes.map(\.name) == ["chat_room"])
            #expect(plan.classes[0].weight == (json == "{}" ? 1 : 20))
        }
    }

    @Test func scenariosAreClassesWithWeights() throws {
        let plan = try self.plan(
            #"""
            {"scenarios":{
              "default":{"executor":"constant-vus","vus":7,"duration":"10s"},
              "up-down":{"executor":"ramping-vus","stages":[{"duration":"5s","target":12},{"duration":"5s","target":0}]},
              "w":{"executor":"constant-vus","vus":7,"duration":"10s","weight":3},
              "x":{"executor":"constant-vus","vus":7,"duration":"10s","fixedCount":2}}}
            """#)
        #expect(plan.classes.map(\.name) == ["default", "up_down", "w", "x"])
        #expect(plan.classes.map(\.weight) == [7, 12, 3, 7])
        #expect(plan.classes.map(\.fixedCount) == [nil, nil, nil, 2])
        #expect(plan.classes.map { $0.stages?.count } == [nil, 2, nil, nil])
    }

    @Test(arguments: [
        #"{"iterations":3}"#, #"{"scenarios":{"a":{"executor":"per-vu-iterations"}}}"#,
        #"{"scenarios":{"a":{"executor":"constant-arrival-rate","rate":1,"duration":"1s","preAllocatedVUs":1}}}"#,
        #"{"scenarios":{"a":{"executor":"ramping-arrival-rate","stages":[{"duration":"1s","target":1}],"preAllocatedVUs":1}}}"#,
    ])
    func whatAMasterCannotDirectIsRefused(_ json: String) {
        #expect(throws: OptionErrors.self) { try self.plan(json) }
    }

    @Test func twoScenariosOfOneName() {
        #expect(throws: OptionErrors.self) {
            try self.plan(
                #"""
                {"scenarios":{"a-b":{"executor":"constant-vus","duration":"1s"},
                 "a_b":{"executor":"constant-vus","duration":"1s"}}}
                """#)
        }
    }

    @Test(arguments: [
        ("chat", "chat"), ("chat room.v2", "chat_room_v2"), ("2fast", "_2fast"), ("", "_"), ("class", "class_"),
        ("größe", "gr__e"), ("_x", "_x"), ("sum", "sum_"), ("__datetime__", "__datetime___"),
    ])
    func identifiers(_ text: String, _ name: String) {
        #expect(LocustPlan.identifier(text) == name)
    }
}
