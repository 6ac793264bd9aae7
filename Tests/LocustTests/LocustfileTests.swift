import LoadPlan
import Testing

@testable import Locust

struct LocustfileTests {
    private func file(_ json: String, path: String = "chat.lua") throws -> String {
        try Locustfile([.init(path: path, plan: try LoadPlan.of(json))]).text
    }

    private static let constant = #""a":{"executor":"constant-vus","vus":7,"duration":"10s"}"#

    @Test func classesHaveWeightsOrFixedCounts() throws {
        let text = try self.file(
            #"{"scenarios":{\#(Self.constant),"b":{"executor":"constant-vus","duration":"1s","fixedCount":2}}}"#)
        #expect(text.contains("class a(_EioUser):\n    weight = 7\n"))
        #expect(text.contains("class b(_EioUser):\n    fixed_count = 2\n"))
        #expect(!text.contains("LoadTestShape"))
        #expect(!text.contains("_eio_thresholds"))
        #expect(text.contains("def _eio_judge_connects(environment, **_):"))
    }

    @Test func stagesAreAShape() throws {
        let text = try self.file(
            #"""
            {"scenarios":{\#(Self.constant),"up":{"executor":"ramping-vus","startVUs":2,"startTime":"1500ms",
             "stages":[{"duration":"5s","target":12},{"duration":"5s","target":0}]}}}
            """#)
        #expect(text.contains("    [(0.0, 7), (10.0, 7)],  # a\n"))
        #expect(text.contains("    [(1.5, 2), (6.5, 12), (11.5, 0)],  # up\n"))
        #expect(text.contains("class _EioShape(_eio_locust.LoadTestShape):"))
    }

    @Test(arguments: [
        ("eio_time", "p(95)<200", #"_eio_time(environment, "EIO", None, 0.95), "<", 200.0"#),
        ("eio_time{name:join}", "med<=5", #"_eio_time(environment, "EIO", "join", 0.5), "<=", 5.0"#),
        ("eio_time{name:a\\\"b}", "max<5", #"_eio_time(environment, "EIO", "a\"b", "max_response_time"), "<", 5.0"#),
        ("eio_connect", "avg<50", #"_eio_time(environment, "EIO", "connect", "avg_response_time"), "<", 50.0"#),
        ("eio_connect{phase:total}", "p(99.9)<50", #"_eio_time(environment, "EIO", "connect", 0.99"#),
        (
            "eio_connects{result:failed}", "count==0",
            #"_eio_entry(environment, "EIO", "connect").num_failures, "==", 0.0"#
        ),
        (
            "eio_errors{kind:time}", "rate<1",
            #"(_eio_entry(environment, "EIO", None).num_failures) / _eio_seconds(environment), "<""#
        ),
        ("sio_ack", "p(95)<200", #"_eio_time(environment, "SIO", None, 0.95), "<", 200.0"#),
        ("sio_ack{event:join}", "med<=5", #"_eio_time(environment, "SIO", "join", 0.5), "<=", 5.0"#),
        ("sio_connect", "max<5", #"_eio_time(environment, "SIO", "connect", "max_response_time"), "<", 5.0"#),
        ("eio_errors{kind:ack}", "count<3", #"_eio_entry(environment, "SIO", None).num_failures, "<", 3.0"#),
        (
            "eio_errors{kind:ack,name:join}", "count<3",
            #"_eio_entry(environment, "SIO", "join").num_failures, "<", 3.0"#
        ),
        (
            "eio_errors{kind:namespace}", "count<3",
            #"_eio_entry(environment, "SIO", "connect").num_failures, "<", 3.0"#
        ),
        ("eio_errors{kind:iteration}", "count<3", #"_eio_exceptions(environment, "iteration"), "<", 3.0"#),
        ("eio_errors{kind:handler}", "count<3", #"_eio_exceptions(environment, "handler"), "<", 3.0"#),
        ("eio_errors", "count<3", #"environment.stats.total.num_failures + _eio_exceptions(environment), "<", 3.0"#),
    ])
    func thresholdsThatAMasterCanJudge(_ metric: String, _ expression: String, _ python: String) throws {
        let text = try self.file(#"{"thresholds":{"\#(metric)":["\#(expression)"]}}"#)
        #expect(text.contains(python))
        #expect(text.contains("process_exit_code = 99"))
    }

    @Test(arguments: [
        ("checks", "rate>0.9"), ("eio_connect{phase:tcp}", "p(95)<3"), ("eio_time{scenario:a}", "p(95)<3"),
        ("iterations", "count>3"), ("eio_errors{kind:odd}", "count<3"), ("eio_ping_gap", "max<3"),
        ("eio_time", "rate<3"), ("sio_acks{result:ok}", "count>3"), ("sio_ack{scenario:a}", "max<3"),
        ("eio_errors", "p(95)<3"), ("my_trend", "p(95)<3"),
    ])
    func othersAreRefusedByName(_ metric: String, _ expression: String) {
        let refusal = #expect(throws: OptionErrors.self) {
            try self.file(#"{"thresholds":{"\#(metric)":["\#(expression)"]}}"#)
        }
        #expect(refusal?.description.contains(metric) == true)
    }

    @Test func thresholdsMayBeLeftOut() throws {
        #expect(!(try self.file(#"{"noThresholds":true,"thresholds":{"checks":["rate>0.9"]}}"#)).contains("checks"))
    }

    @Test func scriptsShareOneFile() throws {
        let one = Locustfile.Script(path: "x/a b.lua", plan: try LoadPlan.of("{}"))
        let other = Locustfile.Script(path: "c.lua", plan: try LoadPlan.of(#"{"vus":4,"duration":"1s"}"#))
        let text = try Locustfile([one, other]).text
        #expect(text.contains("class a_b(_EioUser):\n    weight = 1\n"))
        #expect(text.contains("class c(_EioUser):\n    weight = 4\n"))
        #expect(throws: OptionErrors.self) { try Locustfile([one, one]) }
    }

    @Test(arguments: [
        ("a", #""a""#), ("\"\\\n", #""\"\\\U0000000a""#), ("größe👍", #""gr\U000000f6\U000000dfe\U0001f44d""#),
        ("{}%", #""{}%""#),
    ])
    func literalsOfPython(_ text: String, _ literal: String) {
        #expect(PythonText.literal(text) == literal)
    }

    @Test(arguments: [("a/b.c/chat.v2.lua", "chat.v2"), ("chat", "chat"), (".lua", ".lua"), ("", "")])
    func stems(_ path: String, _ stem: String) {
        #expect(LocustPlan.stem(ofPath: path) == stem)
    }
}
