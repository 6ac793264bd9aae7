import LoadPlan
import Testing

/// Each error in `options` is reported with its path, its value and the allowed values.
struct BadOptionsTests {
    private func problems(_ json: String) -> [OptionProblem] {
        do {
            _ = try LoadPlan(options: LoadOptions(json: json), shape: .scenario)
            return []
        } catch {
            return error.problems
        }
    }

    private func scenario(_ members: String) -> String { #"{"scenarios":{"chat":{\#(members)}}}"# }

    @Test(
        arguments: [
            (#"{"vuz":3}"#, "options.vuz", "3", #"did you mean "vus""#),
            (#"{"zebra":3}"#, "options.zebra", "3", "known are vus, duration"),
            (#"{"vus":"ten"}"#, "options.vus", #""ten""#, "whole number from 0"),
            (#"{"vus":1.5}"#, "options.vus", "1.5", "whole number"),
            (#"{"vus":-1}"#, "options.vus", "-1", "whole number"),
            (#"{"vus":0}"#, "options.vus", "0", "1 or more"),
            (#"{"vus":true}"#, "options.vus", "true", "whole number"),
            (#"{"vus":{"b":"<\"","a":2}}"#, "options.vus", #"{"a":2,"b":"<\""}"#, "whole number"),
            (#"{"vus":1e30}"#, "options.vus", "1e+30", "whole number"),
            (#"{"duration":"10 sec"}"#, "options.duration", #""10 sec""#, "1m30s"),
            (#"{"duration":0}"#, "options.duration", "0", "more than 0"),
            (#"{"duration":"-1s"}"#, "options.duration", #""-1s""#, "not be negative"),
            (#"{"duration":10}"#, "options.duration", "10", "10 is not a valid duration: write 10s (seconds) or 10ms"),
            (#"{"duration":"10"}"#, "options.duration", #""10""#, "write 10s (seconds) or 10ms (milliseconds)"),
            (#"{"duration":5000}"#, "options.duration", "5000", "write 5000s (seconds) or 5000ms (milliseconds)"),
            (#"{"duration":true}"#, "options.duration", "true", "1m30s"),
            (#"{"gracefulStop":1.5}"#, "options.gracefulStop", "1.5", "write 1.5s (seconds) or 1.5ms"),
            (#"{"failurePause":1}"#, "options.failurePause", "1", "write 1s (seconds) or 1ms"),
            (#"{"stages":[{"duration":30,"target":1}]}"#, "options.stages[1].duration", "30", "write 30s (seconds)"),
            (#"{"stages":[{"duration":"5","target":1}]}"#, "options.stages[1].duration", #""5""#, "write 5s (seconds)"),
            (#"{"vus":"1e3"}"#, "options.vus", #""1e3""#, "whole number"),
            (#"{"vus":" 3"}"#, "options.vus", #"" 3""#, "whole number"),
            (#"{"vus":"1.0"}"#, "options.vus", #""1.0""#, "whole number"),
            (#"{"iterations":"0"}"#, "options.iterations", #""0""#, "from 1"),
            (#"{"duration":[]}"#, "options.duration", "[]", "1m30s"),
            (#"{"duration":"900d"}"#, "options.duration", #""900d""#, "at most a year"),
            (#"{"iterations":0}"#, "options.iterations", "0", "from 1"),
            (#"{"iterations":2,"vus":3}"#, "options.vus", "3", "not be more than the iterations"),
            (#"{"gracefulStop":"x"}"#, "options.gracefulStop", #""x""#, "duration"),
            (#"{"tags":"x"}"#, "options.tags", #""x""#, "table"),
            (#"{"tags":{"a":{}}}"#, "options.tags.a", "{}", "string, number or boolean"),
            (#"{"noSetup":1}"#, "options.noSetup", "1", "true or false"),
            (#"{"setupTimeout":"0s"}"#, "options.setupTimeout", #""0s""#, "more than 0"),
            (#"{"summaryTimeUnit":"h"}"#, "options.summaryTimeUnit", #""h""#, #""ms""#),
            (#"{"summaryTrendStats":["avg","p(101)"]}"#, "options.summaryTrendStats[2]", #""p(101)""#, "p(N)"),
            (#"{"summaryTrendStats":"avg"}"#, "options.summaryTrendStats", #""avg""#, "list"),
            (#"{"exec":"f"}"#, "options.exec", #""f""#, "options.scenarios.NAME.exec"),
            (#"{"rate":3}"#, "options.rate", "3", "options.scenarios.NAME.rate"),
            (#"{"executionSegment":"0:1"}"#, "options.executionSegment", #""0:1""#, "--execution-segment"),
            (#"{"rps":3}"#, "options.rps", "3", "no counterpart"),
            (#"{"scenarios":[1]}"#, "options.scenarios", "[1]", "table"),
            (#"{"scenarios":{"a b":{"executor":"per-vu-iterations"}}}"#, #"options.scenarios["a b"]"#, nil, "letters"),
            (#"{"scenarios":{"a":3}}"#, "options.scenarios.a", "3", "table"),
            (#"{"stages":{"duration":"1s"}}"#, "options.stages", #"{"duration":"1s"}"#, "list"),
            (#"{"stages":[{"duration":"1s"}]}"#, "options.stages[1].target", nil, "missing"),
            (#"{"stages":[{"target":1}]}"#, "options.stages[1].duration", nil, "missing"),
            (#"{"stages":[{"duration":"1s","target":0}],"vus":0}"#, "options.vus", "0", "more than 0"),
            (#"{"stages":[{"duration":"0s","target":4}]}"#, "options.stages", nil, "0s altogether"),
            (#"[3]"#, "options", "[3]", "table"),
            (#"{"#, "options", nil, "not valid JSON"),
        ] as [(String, String, String?, String)])
    func atTheTop(_ json: String, _ path: String, _ value: String?, _ word: String) {
        self.expect(self.problems(json), path, value, word)
    }

    @Test(
        arguments: [
            (#""vus":1"#, "executor", nil, "constant-vus"),
            (#""executor":"constant-vu""#, "executor", #""constant-vu""#, #"did you mean "constant-vus""#),
            (#""executor":"nothing-near""#, "executor", #""nothing-near""#, "known are"),
            (#""executor":"externally-controlled""#, "executor", #""externally-controlled""#, "removed"),
            (#""executor":7"#, "executor", "7", "string"),
            (#""executor":"constant-vus""#, "duration", nil, "missing"),
            (#""executor":"constant-vus","duration":"1s","vus":0"#, "vus", "0", "from 1"),
            (
                #""executor":"constant-vus","duration":"1s","iterations":3"#, "iterations", "3",
                "belongs to per-vu-iterations"
            ),
            (#""executor":"constant-vus","duration":"1s","VUs":3"#, "VUs", "3", #""vus""#),
            (#""executor":"ramping-vus""#, "stages", nil, "missing"),
            (#""executor":"ramping-vus","stages":{}"#, "stages", "[]", "at least one"),
            (
                #""executor":"ramping-vus","stages":[{"duration":"1s","target":1},{"duration":"1s","target":"x"}]"#,
                "stages[2].target", #""x""#, "whole number"
            ),
            (
                #""executor":"ramping-vus","stages":[{"duration":"1s","target":1,"rate":1}]"#, "stages[1].rate", "1",
                "known"
            ),
            (#""executor":"ramping-vus","stages":[3]"#, "stages[1]", "3", "table"),
            (#""executor":"ramping-vus","stages":[{"duration":"0s","target":1}]"#, "stages", nil, "0s altogether"),
            (
                #""executor":"ramping-vus","startVUs":-1,"stages":[{"duration":"1s","target":1}]"#, "startVUs", "-1",
                "from 0"
            ),
            (#""executor":"per-vu-iterations","iterations":0"#, "iterations", "0", "from 1"),
            (#""executor":"per-vu-iterations","maxDuration":0"#, "maxDuration", "0", "more than 0"),
            (
                #""executor":"shared-iterations","vus":3,"iterations":2"#, "iterations", "2",
                "less than the number of users"
            ),
            (#""executor":"constant-arrival-rate","duration":"1s","preAllocatedVUs":1"#, "rate", nil, "missing"),
            (#""executor":"constant-arrival-rate","rate":1,"preAllocatedVUs":1"#, "duration", nil, "missing"),
            (#""executor":"constant-arrival-rate","rate":1,"duration":"1s""#, "preAllocatedVUs", nil, "missing"),
            (
                #""executor":"constant-arrival-rate","rate":0,"duration":"1s","preAllocatedVUs":1"#, "rate", "0",
                "from 1"
            ),
            (
                #""executor":"constant-arrival-rate","rate":1,"duration":"1s","preAllocatedVUs":0"#, "preAllocatedVUs",
                "0",
                "maxVUs"
            ),
            (
                #""executor":"constant-arrival-rate","rate":1,"duration":"1s","preAllocatedVUs":3,"maxVUs":2"#,
                "maxVUs", "2",
                "preAllocatedVUs"
            ),
            (
                #""executor":"constant-arrival-rate","rate":1,"duration":"1s","preAllocatedVUs":3,"timeUnit":0"#,
                "timeUnit",
                "0", "more than 0"
            ),
            (#""executor":"ramping-arrival-rate","preAllocatedVUs":3"#, "stages", nil, "missing"),
            (
                #""executor":"ramping-arrival-rate","stages":[{"duration":"1s","target":1}]"#, "preAllocatedVUs", nil,
                "missing"
            ),
            (
                #""executor":"ramping-arrival-rate","startRate":-1,"preAllocatedVUs":1,"stages":[{"duration":"1s","target":1}]"#,
                "startRate", "-1", "from 0"
            ),
            (#""executor":"per-vu-iterations","exec":"" "#, "exec", #""""#, "function"),
            (#""executor":"per-vu-iterations","exec":3"#, "exec", "3", "string"),
            (#""executor":"per-vu-iterations","env":{"b":[]}"#, "env.b", "[]", "string"),
            (#""executor":"per-vu-iterations","startTime":"-1s""#, "startTime", #""-1s""#, "negative"),
            (#""executor":"per-vu-iterations","gracefulRampDown":"1s""#, "gracefulRampDown", #""1s""#, "ramping-vus"),
            (
                #""executor":"constant-arrival-rate","rate":"","preAllocatedVUs":1,"duration":"1s""#, "rate", nil,
                "missing"
            ),
            (
                #""executor":"constant-arrival-rate","rate":1,"preAllocatedVUs":1,"duration":"1s","timeUnit":1000"#,
                "timeUnit", "1000", "write 1000s (seconds) or 1000ms"
            ),
            (
                #""executor":"constant-arrival-rate","rate":1,"preAllocatedVUs":1,"duration":"1s","failurePause":"1s""#,
                "failurePause", #""1s""#, "belongs to constant-vus"
            ),
            (#""executor":"per-vu-iterations","weight":0"#, "weight", "0", "from 1"),
            (#""executor":"per-vu-iterations","weight":1,"fixedCount":1"#, "", nil, "exclude"),
        ] as [(String, String, String?, String)])
    func inAScenario(_ members: String, _ key: String, _ value: String?, _ word: String) {
        let path = "options.scenarios.chat" + (key.isEmpty ? "" : ".\(key)")
        self.expect(self.problems(self.scenario(members)), path, value, word)
    }

    @Test(
        arguments: [
            (#"{"a":["p(95)<200","p95<200"]}"#, "options.thresholds.a[2]", #""p95<200""#, "at character 1"),
            (#"{"a":"p(95)<200"}"#, "options.thresholds.a", #""p(95)<200""#, "list"),
            (#"{"a":[3]}"#, "options.thresholds.a[1]", "3", "string"),
            (#"{"a":[{"abortOnFail":true}]}"#, "options.thresholds.a[1].threshold", nil, "missing"),
            (
                #"{"a":[{"threshold":"avg<"}]}"#, "options.thresholds.a[1].threshold", #""avg<""#,
                "number at character 5"
            ),
            (
                #"{"a":[{"threshold":"avg<1","abortOnFail":"yes"}]}"#, "options.thresholds.a[1].abortOnFail", #""yes""#,
                "true"
            ),
            (
                #"{"a":[{"threshold":"avg<1","abortOnfail":true}]}"#, "options.thresholds.a[1].abortOnfail", "true",
                "abortOnFail"
            ),
            (
                #"{"a":[{"threshold":"avg<1","delayAbortEval":"x"}]}"#, "options.thresholds.a[1].delayAbortEval",
                #""x""#,
                "duration"
            ),
            (#"{"a{x":["avg<1"]}"#, #"options.thresholds["a{x"]"#, nil, #"":" after the tag's name at character 4"#),
            (#"{"a{x:1,y:2}":["avg<1"],"a{y:2,x:1}":["avg<2"]}"#, #"options.thresholds["a{y:2,x:1}"]"#, nil, "same"),
        ] as [(String, String, String?, String)])
    func inThresholds(_ thresholds: String, _ path: String, _ value: String?, _ word: String) {
        self.expect(self.problems(#"{"thresholds":\#(thresholds)}"#), path, value, word)
    }

    @Test(arguments: [
        (#"{"iterations":1,"stages":[{"duration":"1s","target":1}]}"#, "options.stages", "iterations"),
        (#"{"duration":"1s","stages":[{"duration":"1s","target":1}]}"#, "options.stages", "duration"),
        (#"{"iterations":1,"scenarios":{"a":{"executor":"per-vu-iterations"}}}"#, "options.scenarios", "iterations"),
        (#"{"duration":"1s","scenarios":{"a":{"executor":"per-vu-iterations"}}}"#, "options.scenarios", "duration"),
        (
            #"{"stages":[{"duration":"1s","target":1}],"scenarios":{"a":{"executor":"per-vu-iterations"}}}"#,
            "options.scenarios", "stages"
        ),
    ])
    func waysToSayHowMuchExcludeEachOther(_ json: String, _ path: String, _ word: String) {
        self.expect(self.problems(json), path, nil, word)
    }

    @Test func allAreToldAtOnce() {
        let json = """
            {"vus":"x","duration":"y","scenarios":{"a":{"executor":"constant-vus"},"b":{"executor":"ramping-vus",
             "stages":[{"duration":"1s","target":-1},{"target":1}]}},"thresholds":{"m":["huh"]}}
            """
        #expect(
            self.problems(json).map(\.path).sorted() == [
                "options.duration", "options.scenarios.a.duration", "options.scenarios.b.stages[1].target",
                "options.scenarios.b.stages[2].duration", "options.thresholds.m[1]", "options.vus",
            ])
    }

    @Test func aProblemInOneLine() {
        #expect(
            "\(OptionProblem(path: "options.vus", value: "-1", message: "must be more"))"
                == "options.vus = -1: must be more")
    }

    private func expect(
        _ problems: [OptionProblem], _ path: String, _ value: String?, _ word: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(problems.count == 1, "\(problems)", sourceLocation: sourceLocation)
        #expect(problems.first?.path == path, sourceLocation: sourceLocation)
        #expect(problems.first?.value == value, sourceLocation: sourceLocation)
        #expect(problems.first?.message.contains(word) == true, "\(problems)", sourceLocation: sourceLocation)
    }
}
